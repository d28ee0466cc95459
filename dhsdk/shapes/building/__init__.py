"""Buildings: kernel.py puts the parts together, params.py says what can be set."""
