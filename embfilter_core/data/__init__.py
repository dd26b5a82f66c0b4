"""Corpora, labelled data and published numbers: built in, from files, or from the Hugging Face hub."""
