"""The PDF of a passation: the same HTML as the page, in the look of the livret."""
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from .pdf import to_pdf
from .slots import slot

STYLESHEETS = ("css/tokens.css", "css/booklet.css", "css/handover.css")


def pdf(handover, content):
    """The PDF (bytes). Raises PdfError, Busy."""
    now = timezone.now()
    page = render_to_string("documents/handover/handover.html", {
        "handover": handover, "content": content, "now": now, "printed": True})
    with slot(settings.VAR / "renders", count=2, wait=10):
        return to_pdf(page, STYLESHEETS, changed_at=int(now.timestamp()), identifier=f"passation {handover.pk}")
