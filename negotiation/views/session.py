"""Signing in; and finding again the text that was posted when the session had expired."""
from urllib.parse import urlsplit

from allauth.account.views import LoginView
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.urls import resolve
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from ..forms.plan import PlanForm
from ..queries.commitments import plan
from .dossier import dossier_or_404
from .errors import is_sentence

PREFIX = "resume:"


@method_decorator([login_not_required, never_cache, sensitive_post_parameters()], name="dispatch")
class Login(LoginView):
    """The library's sign-in, which carries along what a lost session interrupted."""

    def resumed(self):
        """(path, [(name, value)]) of the interrupted form; the path stays on this site."""
        path = self.request.POST.get("resume_path", "")
        if not path.startswith("/") or not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
            return "", []
        return path, [(name.removeprefix(PREFIX), value) for name in self.request.POST if name.startswith(PREFIX)
                      for value in self.request.POST.getlist(name)]

    def lost_files(self):
        """Was a file sent with the interrupted form? It is not carried along."""
        return bool(self.request.POST.get("resume_files"))

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        path, fields = self.resumed()
        return context | {"resume_path": path, "resume": fields, "resume_files": self.lost_files()}

    def form_invalid(self, form):
        form.refused_title = "Vous n’êtes pas connecté"
        return super().form_invalid(form)

    def form_valid(self, form):
        response = super().form_valid(form)
        path, fields = self.resumed()
        if not path or not self.request.user.is_authenticated:
            return response
        # The person reads what is about to be saved and decides: nothing is replayed behind their back.
        texts = [value for _, value in fields if is_sentence(value)]
        return render(self.request, "account/resume.html", {
            "resume_path": path, "resume": fields, "resume_texts": texts,
            "resume_amounts": typed_amounts(self.request, path, fields),
            "files": self.lost_files()})


def typed_amounts(request, path, fields):
    """[(cell in words, amount as typed)] when the interrupted form was a financing plan that this person may see."""
    try:
        match = resolve(urlsplit(path).path)
        dossier = dossier_or_404(request, match.kwargs["slug"]) if match.url_name == "plan" else None
    except Http404:
        return []
    return PlanForm(dict(fields), plan=plan(dossier, editing=True)).changed if dossier else []


login = Login.as_view()
