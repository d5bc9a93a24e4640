"""Files that leave the application, saved and never shown inside our pages; and the answer to too many tries."""
import logging

from allauth.core import ratelimit
from django.http import FileResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.http import content_disposition_header

from ..files.storage import open_stored

logger = logging.getLogger(__name__)


def too_many(request):
    """The page that asks to wait a minute, which programs are told too."""
    response = ratelimit.respond_429(request)
    response["Retry-After"] = "60"
    return response


def attachment(file, name, content_type, *, inline=False):
    """The file as a download whose length is known, so that a slow line shows how much remains.

    inline: seen in a page or a tab; for pictures only.
    """
    response = FileResponse(file, as_attachment=not inline, filename=name, content_type=content_type)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    # Stored files are compressed already; compressing them again would only lose their length.
    response["Content-Encoding"] = "identity"
    return response


def streamed(texts, name, content_type):
    """A download made as it leaves, piece by piece."""
    response = StreamingHttpResponse(texts, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def stored(request, sha256, name, content_type, *, inline=False):
    """A file of the store as a download; when it is missing, the log says which, and a page says it to the reader."""
    try:
        return attachment(open_stored(sha256), name, content_type, inline=inline)
    except FileNotFoundError:
        logger.error("Stored file missing: %s (%s)", sha256, request.path)
    response = render(request, "errors/missing_file.html", {"name": name}, status=404)
    add_never_cache_headers(response)
    return response


def shown(request, sha256, name, content_type):
    """A picture of the store, seen where it is; kept by this browser for an hour, as it never changes."""
    response = stored(request, sha256, name, content_type, inline=True)
    if response.status_code == 200:
        response["Cache-Control"] = "private, max-age=3600"
    return response
