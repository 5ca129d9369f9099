"""Starts the plain Django example: python examples/django/run.py [--port 8002]. In /admin/ name and password are editor."""

import argparse
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", default="8002")
    chosen = options.parse_args()
    sys.path.insert(0, str(HERE))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    settings.HOME.mkdir(parents=True, exist_ok=True)
    call_command("migrate", run_syncdb=True, verbosity=0)  # the tables of the example itself have no migrations
    users = get_user_model()
    if not users.objects.filter(username="editor").exists():
        users.objects.create_superuser("editor", "editor@example.invalid", "editor")
    print(f"http://127.0.0.1:{chosen.port}/  /admin/  editor / editor", flush=True)
    call_command("runserver", f"127.0.0.1:{chosen.port}", use_reloader=False, verbosity=0)


if __name__ == "__main__":
    main()
