"""Two backbones, prompts, layers or bands beside each other: what each says, and sentences on what differs."""
