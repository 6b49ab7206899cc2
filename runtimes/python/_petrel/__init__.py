"""Petrel's runtime for Python. It imports as little as it can: json, logging, socket and traceback together cost more than Python's own start."""
