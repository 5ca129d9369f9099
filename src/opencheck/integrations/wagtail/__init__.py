"""Wagtail: the check before publication in its editor.

Add ``opencheck.integrations.wagtail`` to ``INSTALLED_APPS``, name pages and fields in the settings, and give the page the form and the panel:

    OPENCHECK = {
        "pack": "pingdu-2018",
        "pages": {"notices.NoticePage": {"fields": {"title": "title", "text": "body"}, "attachments": ["file"]}},
    }
    WAGTAIL_FINISH_WORKFLOW_ACTION = "opencheck.integrations.wagtail.actions.publish_if_allowed"

    class NoticePage(Page):
        base_form_class = PreflightPageForm
        content_panels = [*Page.content_panels, FieldPanel("body"), PreflightPanel()]
"""
