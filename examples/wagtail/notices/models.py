"""A page type for official documents."""

from django.db import models
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

from opencheck.integrations.wagtail.forms import PreflightPageForm
from opencheck.integrations.wagtail.panels import PreflightPanel

ATTRIBUTES = [(a, a) for a in ("主动公开", "依申请公开", "删减后公开", "不予公开")]


class NoticePage(Page):
    """An official document on the portal."""

    number = models.CharField("文号", max_length=60, blank=True)
    body = RichTextField("正文")
    signed_on = models.DateField("成文日期", null=True, blank=True)
    attribute = models.CharField("公开属性", max_length=20, choices=ATTRIBUTES, blank=True)
    is_policy = models.BooleanField("是否政策性文件", default=False)
    submitted_on = models.DateField("报审日期", null=True, blank=True)
    interpretation_plan_on = models.DateField("解读方案报批日期", null=True, blank=True)
    reviewed_on = models.DateField("保密审查日期", null=True, blank=True)
    review_result = models.CharField("审查结果", max_length=40, blank=True)
    reviewer = models.CharField("审查人", max_length=40, blank=True)
    attachment = models.ForeignKey(
        "wagtaildocs.Document", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name="附件"
    )

    base_form_class = PreflightPageForm
    content_panels = [
        *Page.content_panels,
        FieldPanel("number"),
        FieldPanel("body"),
        FieldPanel("attachment"),
        MultiFieldPanel(
            [FieldPanel(n) for n in ("signed_on", "attribute", "is_policy", "submitted_on", "interpretation_plan_on")],
            heading="属性",
        ),
        MultiFieldPanel([FieldPanel(n) for n in ("reviewed_on", "review_result", "reviewer")], heading="保密审查"),
        PreflightPanel(),
    ]


class DisclosurePage(Page):
    """Information that an office discloses: the result of an inspection, say."""

    topic = models.CharField("主题", max_length=80, blank=True)
    channels = models.CharField("公开渠道", max_length=200, blank=True, help_text="多个渠道用顿号隔开")
    body = RichTextField("内容")
    reviewed_on = models.DateField("保密审查日期", null=True, blank=True)
    review_result = models.CharField("审查结果", max_length=40, blank=True)
    reviewer = models.CharField("审查人", max_length=40, blank=True)

    base_form_class = PreflightPageForm
    content_panels = [
        *Page.content_panels,
        *(FieldPanel(n) for n in ("topic", "channels", "body", "reviewed_on", "review_result", "reviewer")),
        PreflightPanel(),
    ]


class PlainPage(Page):
    """A page whose editor has no form of ours: the hook checks it, and the reasons stand above the page."""

    body = RichTextField("正文")

    content_panels = [*Page.content_panels, FieldPanel("body")]


class RawPage(Page):
    """A page whose text is a plain field."""

    body = models.TextField("正文")

    base_form_class = PreflightPageForm
    content_panels = [*Page.content_panels, FieldPanel("body"), PreflightPanel()]
