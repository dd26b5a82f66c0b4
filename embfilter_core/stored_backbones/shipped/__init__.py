"""The stored backbones that come with the app, a file each; `make stored-backbones` makes them again."""
