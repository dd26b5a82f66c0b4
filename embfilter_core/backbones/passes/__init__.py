"""Faster ways through a backbone than the plain padded pass: each is checked against it before it is used."""
