"""Packs of rules: models, loading, and the loaded pack."""
