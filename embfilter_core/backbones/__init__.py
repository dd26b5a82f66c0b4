"""Backbones: loading them, checking them, and turning texts into embeddings."""
