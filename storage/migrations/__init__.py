"""The steps from an empty database to storage/models, in order; storage/guard.py takes them."""
