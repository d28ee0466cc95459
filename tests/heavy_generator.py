import numpy  # noqa: F401

from .broken_generators import Good


class Heavy(Good):
    name = "heavy"
