"""Plotly figures made of arrays and tables."""
