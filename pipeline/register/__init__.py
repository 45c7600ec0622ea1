"""办公室登记表: the office's decisions, written with what is known, read back, carried on (spec 5)."""
