"""The requirement kinds, one module each, named as in YAML."""
