"""The HTTP service (``opencheck serve``): the checks of this library for portals in any language, and a web page."""
