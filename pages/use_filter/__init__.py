"""What the page Use this filter alone is made of."""
