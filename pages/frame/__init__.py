"""What frames every page: the sidebar, the controls and the address, the text box, loading a view."""
