"""What is published: a table of notices."""

from django.db import models

from opencheck.integrations.django import NoPersonalData

ATTRIBUTES = [(a, a) for a in ("主动公开", "依申请公开", "删减后公开", "不予公开")]


class Notice(models.Model):
    """A notice; its summary must show nobody's numbers, whatever form it comes through."""

    title = models.CharField("标题", max_length=200)
    summary = models.TextField("摘要", blank=True, validators=[NoPersonalData()])
    body = models.TextField("正文")
    attribute = models.CharField("公开属性", max_length=20, choices=ATTRIBUTES, blank=True)
    signed_on = models.DateField("成文日期", null=True, blank=True)
    attachment = models.FileField("附件", upload_to="attachments", blank=True)
