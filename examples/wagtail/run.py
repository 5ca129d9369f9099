"""Starts the example site: python examples/wagtail/run.py [--port 8001]. Editor: http://127.0.0.1:8001/admin/ , name and password: editor."""

import argparse
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", default="8001")
    options.add_argument("--prepare", action="store_true", help="only make the database")
    chosen = options.parse_args()
    sys.path.insert(0, str(HERE))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    import settings

    # Before Django starts: Python does not find modules in a folder that was not there when it first looked.
    (settings.HOME / "notices_migrations").mkdir(parents=True, exist_ok=True)
    (settings.HOME / "notices_migrations" / "__init__.py").touch()
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from wagtail.models import Page

    call_command("makemigrations", "notices", verbosity=0)  # the example's own tables, for whichever Wagtail is installed
    call_command("migrate", verbosity=0)
    users = get_user_model()
    if not users.objects.filter(username="editor").exists():
        users.objects.create_superuser("editor", "editor@example.invalid", "editor")
    from notices.models import NoticePage

    home = Page.objects.get(depth=2)
    if not NoticePage.objects.exists():
        text = "<p>各镇人民政府：</p><p>户主王某，身份证号11010519491231002X，申请临时救助。</p><p>2018年9月3日</p>"
        home.add_child(
            instance=NoticePage(title="关于做好临时救助工作的通知", slug="notice", body=text, attribute="主动公开", live=False)
        )
    if chosen.prepare:
        return
    print(f"http://127.0.0.1:{chosen.port}/admin/  editor / editor", flush=True)
    call_command("runserver", f"127.0.0.1:{chosen.port}", use_reloader=False, verbosity=0)


if __name__ == "__main__":
    main()
