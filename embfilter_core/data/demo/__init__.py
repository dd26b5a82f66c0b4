"""Texts written for this project as a demo."""
