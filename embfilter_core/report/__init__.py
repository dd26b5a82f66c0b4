"""One page of evidence for a decision, and the figure of quality against bytes of what was measured."""
