"""Adapters to other frameworks; each is imported only by who uses that framework."""
