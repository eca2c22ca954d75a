"""The steps from an empty database to storage/models.py, in order; storage/guard.py takes them."""
