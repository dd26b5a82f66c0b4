"""Decisions about an index: how small it may be, whether the filter improves it, what fits a number of bytes."""
