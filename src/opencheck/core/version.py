"""The version of opencheck, in one place."""

__version__ = "0.1.0"
