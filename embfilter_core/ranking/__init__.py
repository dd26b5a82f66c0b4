"""Rankings of a corpus by similarity, in one band or in all of them at once."""
