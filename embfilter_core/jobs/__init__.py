"""Long work as jobs: asked for by several at once, done once, in turns, and stopped within a step."""
