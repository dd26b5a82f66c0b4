"""What is proved of a backbone when it is loaded, so that a wrong number is an error at load and never on screen."""
