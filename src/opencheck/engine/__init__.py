"""The engine: judges tables of records by the rules of a pack."""
