"""The chosen filter for somebody else's pipeline, with the vectors that prove it there; `taken` is copied along."""
