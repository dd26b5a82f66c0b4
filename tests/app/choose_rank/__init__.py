"""Tests of the Choose rank page, a file a block."""
