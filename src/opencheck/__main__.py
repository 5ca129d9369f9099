"""``python -m opencheck`` is the command ``opencheck``."""

from opencheck.cli import main

if __name__ == "__main__":
    main(prog_name="opencheck")
