"""Arrays and embeddings on disk: checked, bounded, and safe to share between processes."""
