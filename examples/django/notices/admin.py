"""The admin of notices: what is saved there is published, and checked first."""

from django.contrib import admin

from notices.models import Notice
from opencheck.integrations.django import RecordMapping
from opencheck.integrations.django_admin import PreflightAdmin


@admin.register(Notice)
class NoticeAdmin(PreflightAdmin, admin.ModelAdmin):
    """Notices in two groups of fields."""

    preflight = RecordMapping(
        fields={"title": "title", "text": "body", "attribute": "attribute", "signed_on": "signed_on"},
        values={"is_policy": False},
        attachments=("attachment",),
    )
    list_display = ("title", "attribute", "signed_on")
    fieldsets = (
        ("内容", {"fields": ("title", "summary", "body", "attachment")}),
        ("属性", {"fields": (("attribute", "signed_on"),)}),
    )
