"""Measured quality of selections of directions, with intervals, and the choice of a rank."""
