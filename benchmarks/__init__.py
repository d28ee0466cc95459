"""Benchmarks: AREA_what.py each, run alone or all by `python -m benchmarks [AREA]`."""
