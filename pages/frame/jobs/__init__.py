"""Long work of the pages: asked for as jobs of the server, and shown wherever a visitor is until it is done."""
