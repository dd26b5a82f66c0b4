"""A tiny random model of every family that is checked, and the table of README that comes of them (`make families`)."""
