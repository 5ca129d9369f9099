"""Adapters to other frameworks; each requires its framework."""
