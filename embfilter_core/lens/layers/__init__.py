"""The logit lens over the layers and positions of one text."""
