"""What a loaded model is made of, read from the model and its configuration and checked against what it computes."""
