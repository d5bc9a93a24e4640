"""What holds for every page: who is signed in, and headers that leave nothing behind on a shared computer."""
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import BadRequest
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from .views.errors import is_secret, is_sentence, method_not_allowed, too_heavy, typed_texts

# Twice the largest file and its form: what is longer is refused before it is read.
MAX_REQUEST = 48 * 1024 * 1024


class SignedIn(LoginRequiredMiddleware):
    """Every page asks for a sign-in unless its view says otherwise; a text posted without one is not lost."""

    def handle_no_permission(self, request, view_func):
        names = [name for name in request.POST if name != "csrfmiddlewaretoken"]
        # A password is never written into a page, not even to be sent again.
        if request.method != "POST" or any("password" in name for name in names):
            return super().handle_no_permission(request, view_func)
        response = render(request, "account/session_lost.html", {
            "resume_path": request.path,
            "resume": [(name, value) for name in names if not is_secret(name, keep=("key", "version", "base"))
                       for value in request.POST.getlist(name)],
            "texts": [text for text in typed_texts(request) if is_sentence(text)],
            "files": bool(request.FILES),
        }, status=403)
        add_never_cache_headers(response)
        return response


class ReadableQuery:
    """An address whose query holds the character NUL is refused: PostgreSQL keeps no such text, and would break."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "%00" in request.META["QUERY_STRING"] or "\0" in request.META["QUERY_STRING"]:
            raise BadRequest("NUL in the query")
        return self.get_response(request)


class ToldMethods:
    """A method that a page does not take (POST on what is only read) is refused in French, not by a blank page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        return method_not_allowed(request, response["Allow"]) if response.status_code == 405 else response


class LightRequests:
    """A request that is too heavy is refused before anything reads it; after whoever sends it is known."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > MAX_REQUEST:
            return too_heavy(request, f"{MAX_REQUEST >> 20} Mo")
        return self.get_response(request)


class SafeResponses:
    """Security headers on every answer, files and refusals included; « no-store » on what a signed-in person sees."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        response.setdefault("X-Frame-Options", "DENY")
        response.setdefault("X-Content-Type-Options", "nosniff")
        user = getattr(request, "user", None)
        if user and user.is_authenticated:
            response["Cache-Control"] = "no-store"
        return response
