"""The result of a preflight check, stored with the page's revision."""

from __future__ import annotations

from django.conf import settings
from django.db import models

__all__ = [
    "PreflightRecord",
]


class PreflightRecord(models.Model):
    """The result of the check of one revision, and the confirmation of its warnings and of what was not settled."""

    revision = models.OneToOneField("wagtailcore.Revision", on_delete=models.CASCADE, related_name="opencheck")
    as_of = models.DateField()
    publishable = models.BooleanField()
    confirmed = models.BooleanField(default=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    result = models.JSONField()

    class Meta:
        """Names in the admin."""

        verbose_name = "公布前检查 / preflight"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        labels = {"yes": "可以公布", "no": "不能公布", "needs_review": "由人确认后公布" if self.confirmed else "须由人定"}
        return f"{self.as_of} {labels[self.result.get('clearance', 'yes' if self.publishable else 'no')]}"
