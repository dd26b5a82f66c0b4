"""Many visitors at once, without a browser each."""
