"""The files that an export holds as they stand here: they run without this project, and import nothing of it."""
