"""A test client that refuses what no page may hold, whatever the test was looking at."""
import re

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

WRITES = ("INSERT", "UPDATE", "DELETE")
# The session and the cache may be written by a read.
IGNORED = re.compile(r'"(django_session|cache)"')


class StrictClient(Client):
    """Every HTML page: lang="fr", one <h1>, no « None », no « {{ », nothing inline; and a GET writes nothing."""

    def get(self, path, *args, **kwargs):
        with CaptureQueriesContext(connection) as queries:
            response = super().get(path, *args, **kwargs)
        written = [q["sql"] for q in queries if q["sql"].lstrip().upper().startswith(WRITES)
                   and not IGNORED.search(q["sql"])]
        assert not written, f"GET {path} writes: {written[:2]}"
        return response

    def request(self, **request):
        response = super().request(**request)
        if response.get("Content-Type", "").startswith("text/html") and not response.streaming and response.content:
            check_page(request.get("PATH_INFO", ""), response.content.decode())
        return response


def check_page(path, html):
    if path.startswith("/administration/"):
        return
    body = re.sub(r"<(textarea|script|pre)\b.*?</\1>", "", html, flags=re.S)
    assert '<html lang="fr"' in html, f"{path}: no lang"
    assert len(re.findall(r"<h1[ >]", html)) == 1, f"{path}: not one h1"
    assert not re.search(r"{{|{%", body), f"{path}: unrendered template"
    assert not re.search(r">\s*None\s*<|\bNone\b", re.sub(r"<[^>]*>", "\x00", body)), f"{path}: None on the page"
    assert not re.search(r"<[^>]+\s(style|on[a-z]+)\s*=", body), f"{path}: inline style or handler"
    assert not re.search(r"<style|<script(?![^>]*\ssrc=)", html), f"{path}: inline script or style"
    ids = re.findall(r'\sid="([^"]+)"', body)
    assert len(ids) == len(set(ids)), f"{path}: repeated id {sorted(i for i in ids if ids.count(i) > 1)[:3]}"
