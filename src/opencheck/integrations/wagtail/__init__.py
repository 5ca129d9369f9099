"""Wagtail: the preflight check in the page editor.

Add ``opencheck.integrations.wagtail`` to ``INSTALLED_APPS``, configure pages and fields in the settings, and add form and panel to the page:

    OPENCHECK = {
        "pack": "pingdu-2018",
        "pages": {"notices.NoticePage": {"fields": {"title": "title", "text": "body"}, "attachments": ["file"]}},
    }
    WAGTAIL_FINISH_WORKFLOW_ACTION = "opencheck.integrations.wagtail.actions.publish_if_allowed"

    class NoticePage(Page):
        base_form_class = PreflightPageForm
        content_panels = [*Page.content_panels, FieldPanel("body"), PreflightPanel()]
"""
