"""A page for someone without the app: the instrument on texts of one's choice, in one file that needs nothing else."""
