"""Measurements that come with the app: made once by this program, read without torch, shown as stored."""
