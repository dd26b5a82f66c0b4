"""Vectors that somebody brings along with texts, labels or pairs: read within bounds, and judged like embeddings."""
