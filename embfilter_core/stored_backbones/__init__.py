"""Stored backbones: a file each, which shows what a backbone's texts show in every band without loading it."""
