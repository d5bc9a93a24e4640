"""The examination of a step: the reviewers' screen, remarks and their threads, comparison, and the inbox."""
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from ..forms.remarks import RemarkForm, ReplyForm
from ..forms.steps import MoveForm
from ..models import Remark
from ..permissions import can, require, seat
from ..queries import afterwards, comparisons, inbox
from ..queries import review as read
from ..queries.pen import SINCE
from ..queries.steps import last_act_of
from ..workflow import remarks, reviews
from ..workflow.transitions import NotAllowed
from .dossier import dossier_or_404, posted
from .steps import offers, own_side, page_or_404, refused_move, step_or_404
from .steps import show as show_step

PER_PAGE = 50


def examined_or_404(request, slug, code):
    """The dossier and the step, for someone who reads what reviewers write."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "review.read", dossier)
    return dossier, step_or_404(dossier, code)


def review(request, slug, code):
    """The screen of the examination: every element of what was submitted, its changes and its remarks."""
    dossier, progress = examined_or_404(request, slug, code)
    return show(request, dossier, progress)


def show(request, dossier, progress, *, form=None, thread_form=None, thread=None, refused=(), move=None, kept=(),
         status=200):
    """The screen, with the form that was refused and what was typed in it; kept: what was typed in one that is gone.

    move: (action, its form) of an act that was refused; form: of a remark. What was typed stays in its place, or is
    kept when the page has no such form any more.
    """
    progress = step_or_404(dossier, progress.step.code, last_act=Subquery(last_act_of(dossier)), since=SINCE)
    base = request.GET.get("depuis", "")
    page = read.page(progress, request.user, int(base) if base.isascii() and base.isdigit() and len(base) < 5 else None)
    if page is None:
        messages.info(request, "Cette étape n’a pas encore été soumise : il n’y a rien à examiner.")
        return redirect("step", dossier.slug, progress.step.code)
    refused = [*refused, *(sentence for one in (form, thread_form) if one for errors in one.errors.values()
                           for sentence in errors)]
    # Who submitted the step has no part in its examination, nor a service that does not speak on it.
    may_settle = progress.state == "submitted" and page.current.submitted_by_id != request.user.pk and can(
        request.user, "remark.write", dossier)
    may_remark = may_settle and page.examination.seats_of(request.user)
    anchor = form and may_remark and read.form_anchor(form.data)
    if form and anchor not in page.form_anchors:
        anchor, kept = None, [*kept, *form.typed()]
    offered = offers(request.user, progress, page.examination)
    refused_act, lost = refused_move(move, offered)
    return render(request, "reviews/review.html", {
        "dossier": dossier, "tab": "negotiation", "page": page, "progress": progress, "step": progress.step,
        "form": form, "thread_form": thread_form, "refused_thread": thread, "refused": refused, "kept": [*kept, *lost],
        "refused_anchor": anchor,
        "has_errors": bool(refused), "moves": [(offer, False) for offer in offered],
        **refused_act, "move_form": MoveForm(), "reviewer": True,
        "may_remark": may_remark, "may_settle": may_settle, "own_side": own_side(request.user, page.threads),
        "own_organisations": {m.organisation_id for m in request.user.current_memberships},
        "afterwards": afterwards.of_step(progress), "has_spoken": page.examination.has_spoken(request.user),
        "may_take": page.current.follower != request.user and bool(seat(
            request.user, progress, page.examination)),
    }, status=status)


@posted("review", "slug", "code")
def take(request, slug, code):
    """Take the submission in charge, or note that it has been read."""
    dossier, progress = examined_or_404(request, slug, code)
    require(request.user, "remark.write", dossier)
    try:
        submission = reviews.open_review(progress, by=request.user)
    except NotAllowed as refusal:
        return show(request, dossier, progress, refused=refusal.reasons, status=409)
    done = "examinez" if reviews.follower(submission) == request.user else "avez lu"
    messages.success(request, f"C’est noté : vous {done} cette soumission, et la Région ne peut plus la reprendre.")
    return redirect("review", slug, code)


@posted("review", "slug", "code")
def remark(request, slug, code):
    """Write a remark on an element, or change one that is not sent."""
    dossier, progress = examined_or_404(request, slug, code)
    require(request.user, "remark.write", dossier)
    form = RemarkForm(request.POST)
    if not form.is_valid():
        return show(request, dossier, progress, form=form, status=422)
    old = remark_or_404(progress, request.POST["remark"]) if request.POST.get("remark") else None
    try:
        found = remarks.write(progress, form.cleaned_data.pop("target"), by=request.user, remark=old,
                              **{name: form.cleaned_data[name] for name in ("problem", "request")})
    except NotAllowed as refusal:
        form.add_error(None, refusal.reasons)
        return show(request, dossier, progress, form=form, status=409)
    messages.success(request, "Votre observation est gardée. La Région la lira quand la décision lui sera envoyée.")
    return redirect(reverse("review", args=[slug, code]) + f"#observation-{found.pk}")


def remark_or_404(progress, pk):
    if not pk.isascii() or not pk.isdigit() or len(pk) > 18:
        raise Http404
    return get_object_or_404(Remark.objects.select_related("progress__step", "progress__negotiation"), pk=pk,
                             progress=progress)


WITHDRAWN = "Cette observation n’est pas, ou n’est plus, envoyée à la Région : votre réponse n’est pas enregistrée."
SAID = {
    "repondre": "Votre réponse est enregistrée.", "lever": "L’observation est levée.",
    "maintenir": "L’observation est maintenue : la Région lira votre message avec la décision.",
    "supprimer": "L’observation est supprimée ; elle n’avait pas été envoyée.",
}


@posted("step", "slug", "code")
def thread(request, slug, code, pk, act):
    """An act on one remark: the Region answers; the side that wrote it settles, maintains or discards it."""
    dossier = dossier_or_404(request, slug)
    if act not in SAID:
        raise Http404
    require(request.user, "remark.answer" if act == "repondre" else "remark.write", dossier)
    progress = step_or_404(dossier, code)
    if act == "supprimer" and not Remark.objects.filter(pk=pk, progress=progress).exists():
        # A second click: it is already done.
        return redirect("review", slug, code)
    form = ReplyForm(request.POST)
    if act == "repondre" and not Remark.objects.filter(pk=pk, progress=progress, sent_at__isnull=False).exists():
        # Taken back with its return, or never sent: the Region is told the same, and keeps what it typed.
        return show_step(request, dossier, page_or_404(request, dossier, code), refused=[WITHDRAWN], status=404,
                         kept=[text] if (text := request.POST.get("text", "")) else [])
    found = remark_or_404(progress, str(pk))
    form.fields["text"].required = act in ("repondre", "maintenir")
    if act == "maintenir":
        form.fields["text"].error_messages["required"] = "Dites à la Région ce qui manque encore."
    back, state = ("step", "returned") if act == "repondre" else ("review", "submitted")
    if not form.is_valid():
        return refuse_thread(request, dossier, progress, form, found, back, gone=progress.state != state, status=422)
    try:
        carry_out(act, found, form.cleaned_data, request.user, dossier)
    except NotAllowed as refusal:
        form.add_error(None, refusal.reasons)
        return refuse_thread(request, dossier, progress, form, found, back, gone=True, status=409)
    messages.success(request, SAID[act])
    return redirect(reverse(back, args=[slug, code]) + ("" if act == "supprimer" else f"#observation-{pk}"))


def carry_out(act, found, cleaned, user, dossier):
    if act == "repondre":
        remarks.answer(found, cleaned["text"], by=user, key=cleaned["key"])
    elif act == "supprimer":
        remarks.discard(found, by=user)
    else:
        {"lever": lambda: remarks.settle(found, by=user, text=cleaned["text"], seen=cleaned["seen"]),
         "maintenir": lambda: remarks.maintain(found, cleaned["text"], by=user, seen=cleaned["seen"])}[act]()


def refuse_thread(request, dossier, progress, form, found, back, *, gone, status):
    """gone: the form of the message may be gone from the page; what was typed is not."""
    refused = {"thread_form": form, "thread": found.pk, "status": status,
               "kept": [form.data["text"]] if gone and form.data.get("text") else []}
    if back == "review":
        return show(request, dossier, progress, **refused)
    return show_step(request, dossier, page_or_404(request, dossier, progress.step.code), **refused)


def compare(request, slug, code):
    """What changed between two submissions of a step."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "journal.read", dossier)
    progress = step_or_404(dossier, code)
    submissions = comparisons.submissions(progress)
    numbers = [one.number for one in submissions]
    if len(numbers) < 2:
        messages.info(request, "Cette étape n’a qu’une soumission : il n’y a rien à comparer."
                      if numbers else "Cette étape n’a pas encore été soumise.")
        return redirect("step", slug, code)
    old, new = sorted([asked(request, "de", numbers, numbers[1]), asked(request, "a", numbers, numbers[0])])
    found = comparisons.contents(progress, [old, new])
    changes = [change for change in comparisons.compare(found[old], found[new]) if change.kind != "same"]
    return render(request, "reviews/compare.html", {
        "dossier": dossier, "tab": "negotiation", "step": progress.step, "progress": progress, "changes": changes,
        "submissions": submissions, "old": old, "new": new,
        "choices": [("de", "De la soumission", old), ("a", "À la soumission", new)]})


def asked(request, name, numbers, default):
    value = request.GET.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and int(value[:6]) in numbers else default


def examinations(request):
    """The inbox of reviewers: every step under examination that they may see, with who is awaited and since when."""
    if not request.user.is_reviewer:
        raise PermissionDenied("Cette page est celle des services qui examinent les étapes.")
    filters = inbox.Filters.of(request.GET)
    page = Paginator(inbox.lines(request.user, filters), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "reviews/inbox.html", {
        "page": page, "filters": filters, "regions": inbox.regions(), "nav": "examinations"})
