"""What a backbone costs and needs, told before anything of it is fetched or read."""
