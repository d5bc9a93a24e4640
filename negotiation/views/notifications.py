"""« Notifications »: what I was told, marking it read, and how often mails tell it. One's own only."""
from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render

from ..forms.notifications import FrequencyForm
from ..queries import notifications as read
from ..workflow import notices
from .dossier import posted

PER_PAGE = 30


def notifications(request):
    page = Paginator(read.of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "notifications/notifications.html", {"page": page})


@posted("notifications")
def read_all(request):
    """All, up to the newest that the page showed: what arrived meanwhile stays unread."""
    until = request.POST.get("until", "")
    if until.isascii() and until.isdigit() and len(until) < 19:
        notices.mark_read(request.user, until=int(until))
        messages.success(request, "Vos notifications sont marquées comme lues.")
    return redirect("notifications")


@posted("notifications")
def read_one(request, pk):
    notices.mark_read(request.user, pk=get_object_or_404(read.of(request.user), pk=pk).pk)
    return redirect("notifications")


def settings(request):
    form = FrequencyForm(request.POST if request.method == "POST" else None, initial=read.frequencies(request.user))
    if request.method == "POST" and form.is_valid():
        notices.choose(request.user, form.cleaned_data)
        messages.success(request, "Vos choix sont enregistrés.")
        return redirect("notification_settings")
    return render(request, "notifications/settings.html", {"form": form}, status=422 if form.errors else 200)
