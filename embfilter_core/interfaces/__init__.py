"""The library in the manner of others' tools: sentence-transformers and mteb; the app needs none of it."""
