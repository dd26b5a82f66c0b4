"""The vocabulary of a backbone: its unembedding head, logit lens, and how its tokens read and how frequent they are."""
