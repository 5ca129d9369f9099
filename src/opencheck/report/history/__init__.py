"""Earlier runs, kept in a database."""
