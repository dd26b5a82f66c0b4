"""To hand a view to somebody else: a link, a command line, Python lines, a session file, or a page of its own.

What is given reproduces the numbers on the page; where it cannot, it says so.
"""
