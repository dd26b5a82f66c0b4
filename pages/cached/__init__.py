"""What several rooms keep between reruns: backbones, embeddings, files that were read."""
