"""Tables of what is shown: the page, its figures, its downloads and the command line use the same."""
