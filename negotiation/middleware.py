"""What holds for every page: who is signed in, and headers that leave nothing behind on a shared computer."""
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from .views.errors import typed_texts

# Twice the largest file and its form: what is longer is refused before it is read.
MAX_REQUEST = 48 * 1024 * 1024


class SignedIn(LoginRequiredMiddleware):
    """Every page asks for a sign-in unless its view says otherwise; a text posted without one is not lost."""

    def handle_no_permission(self, request, view_func):
        if request.method != "POST":
            return super().handle_no_permission(request, view_func)
        context = {
            "resume_path": request.path,
            "resume": [(name, value) for name in request.POST if name != "csrfmiddlewaretoken"
                       for value in request.POST.getlist(name)],
            "texts": typed_texts(request),
            "files": bool(request.FILES),
        }
        return render(request, "account/session_lost.html", context, status=403)


class SafeResponses:
    """Security headers, and « no-store » on whatever a signed-in person sees."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > MAX_REQUEST:
            return HttpResponse(render_to_string("errors/413.html"), status=413)
        response = self.get_response(request)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        user = getattr(request, "user", None)
        if user and user.is_authenticated:
            response["Cache-Control"] = "no-store"
        return response
