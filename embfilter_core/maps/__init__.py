"""Maps of a corpus in two dimensions, and what the filter does to its neighbours."""
