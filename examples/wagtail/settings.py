"""Settings of the example site; SQLite in the folder that OPENCHECK_SITE names."""

import os
import sys
from pathlib import Path

HOME = Path(os.environ.get("OPENCHECK_SITE", Path(__file__).parent / "site-data"))
sys.path.insert(0, str(HOME))
MIGRATION_MODULES = {"notices": "notices_migrations"}
SECRET_KEY = "only-for-this-example"
DEBUG = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
LANGUAGE_CODE = os.environ.get("OPENCHECK_LANG", "zh-hans")
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
ROOT_URLCONF = "urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": HOME / "site.sqlite3", "OPTIONS": {"timeout": 30}}}
MEDIA_ROOT, MEDIA_URL, STATIC_URL = HOME / "media", "/media/", "/static/"
WAGTAIL_SITE_NAME = "政务公开示例"
WAGTAILADMIN_BASE_URL = "http://127.0.0.1:8001"
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_AUTOSAVE_INTERVAL = 0
INSTALLED_APPS = [
    "notices",
    "opencheck.integrations.wagtail",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "DIRS": [Path(__file__).parent / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# What opencheck needs to know: the pack, and how a page becomes a record.
OPENCHECK = {
    "pack": "pingdu-2018",
    "pages": {
        "notices.NoticePage": {
            "table": "document",
            "fields": {
                "title": "title",
                "text": "body",
                "number": "number",
                "signed_on": "signed_on",
                "attribute": "attribute",
                "is_policy": "is_policy",
                "submitted_on": "submitted_on",
                "interpretation_plan_on": "interpretation_plan_on",
                "reviewed_on": "reviewed_on",
                "review_result": "review_result",
                "reviewer": "reviewer",
            },
            "attachments": ["attachment"],
        },
        "notices.DisclosurePage": {
            "table": "disclosure",
            "fields": {n: n for n in ("title", "topic", "channels", "reviewed_on", "review_result", "reviewer")}
            | {"text": "body"},
            "values": {"attribute": "主动公开", "mandatory_personal_data": False},
        },
        **{
            name: {
                "fields": {"title": "title", "text": "body"},
                "values": {"is_policy": False, "attribute": "主动公开"},
            }
            for name in ("notices.PlainPage", "notices.RawPage")
        },
    },
}
WAGTAIL_FINISH_WORKFLOW_ACTION = "opencheck.integrations.wagtail.actions.publish_if_allowed"
