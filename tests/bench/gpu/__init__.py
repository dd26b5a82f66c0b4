"""What a GPU makes of the library: `python -m tests.bench.gpu` on a machine that has one, in under four minutes."""
