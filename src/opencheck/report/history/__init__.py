"""Earlier runs, stored in a database."""
