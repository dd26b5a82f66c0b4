"""The Spectrum page."""
