"""One stylesheet from readable parts: /static/css/site.css is static/css/{tokens,base,…}.css in order.

A page on a weak line asks for one file; people edit short ones. Built on demand under var/, never committed.
"""
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage

NAME = "css/site.css"
PARTS = ("tokens", "base", "components", "pages", "print")


class StylesheetFinder(BaseFinder):
    """Offers the bundle to `collectstatic` and to development; refuses every other name."""

    def __init__(self, app_names=None, *args, **kwargs):
        self.storage = FileSystemStorage(location=settings.VAR / "bundle")

    def build(self):
        sources = [settings.BASE_DIR / "static" / "css" / f"{part}.css" for part in PARTS]
        target = settings.VAR / "bundle" / NAME
        target.parent.mkdir(parents=True, exist_ok=True)
        text = "\n".join(source.read_text() for source in sources)
        if not target.exists() or target.read_text() != text:
            target.write_text(text)
        return str(target)

    def find(self, path, find_all=False, **kwargs):
        if path != NAME:
            return []
        return [self.build()] if find_all or kwargs.get("all") else self.build()

    def list(self, ignore_patterns):
        self.build()
        if not matches_patterns(NAME, ignore_patterns):
            yield NAME, self.storage
