"""Files as they arrive, made on the spot: what each is, and what must happen to it."""
