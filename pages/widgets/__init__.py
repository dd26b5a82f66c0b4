"""Blocks that several pages share: pickers, downloads, progress, token lists."""
