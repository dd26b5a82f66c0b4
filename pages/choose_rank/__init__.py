"""The Choose rank page."""
