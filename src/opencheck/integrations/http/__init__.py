"""The HTTP service: the checks of this library for portals in any language, and a page for those who want neither. ``opencheck serve``."""
