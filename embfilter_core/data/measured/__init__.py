"""Measured results of the bundled backbone, a file a data set, made by `python -m embfilter_core.stored`."""
