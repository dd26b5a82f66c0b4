"""Why something is no backbone, told by the names of its files and its configuration before a weight is read."""
