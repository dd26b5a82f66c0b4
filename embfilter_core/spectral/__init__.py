"""The singular directions of the unembedding matrix: spectrum, selections, filter, spectroscopy, baselines."""
