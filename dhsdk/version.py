"""The version of dhsdk."""

__version__ = "0.1.0"
