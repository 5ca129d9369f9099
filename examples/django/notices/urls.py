"""One page: the form, and what is published; and the admin."""

from django.contrib import admin
from django.shortcuts import redirect, render
from django.urls import path

from django import forms
from notices.models import Notice
from opencheck.integrations.django import PreflightFormMixin, RecordMapping


class NoticeForm(PreflightFormMixin, forms.ModelForm):
    """The form of a notice: saving it publishes it."""

    preflight = RecordMapping(
        fields={"title": "title", "text": "body", "attribute": "attribute", "signed_on": "signed_on"},
        values={"is_policy": False},
        attachments=("attachment",),
    )

    class Meta:
        """The model and its fields."""

        model = Notice
        fields = ["title", "summary", "body", "attribute", "signed_on", "attachment"]


def publish(request):
    """Show the form; publish what passes."""
    form = NoticeForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("/")
    return render(request, "notices/publish.html", {"form": form, "notices": Notice.objects.all()})


urlpatterns = [path("", publish), path("admin/", admin.site.urls)]
