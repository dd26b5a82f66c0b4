"""The instrument: what a browser needs to redraw tokens, numbers and neighbours for every band by itself."""
