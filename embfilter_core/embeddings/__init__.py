"""Embeddings of whole corpora: what they depend on, what they cost, and how they are kept."""
