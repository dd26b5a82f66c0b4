"""What embeddings say in tokens: comparisons, previews of every band, and token counts."""
