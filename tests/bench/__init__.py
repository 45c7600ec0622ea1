"""How fast the program is beside the script a pandas user would write: python -m tests.bench."""
