"""GGUF files: what their header says, and the copy as safetensors that is kept of one once it was read."""
