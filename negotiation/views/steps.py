"""A step of a negotiation: its page and answers, and the moves that change its state."""
import re

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from ..forms.remarks import ReplyForm
from ..forms.steps import AnswersForm, DepositForm, MoveForm, OpinionForm
from ..permissions import can, moves, require
from ..queries import steps as read
from ..queries.glossary import terms
from ..workflow import steps
from ..workflow.journal import fingerprint_of
from ..workflow.moves import ACTS
from ..workflow.moves import move as carry_out
from ..workflow.transitions import NotAllowed
from .dossier import dossier_or_404, posted

# How the photo of a sheet taken from the side may be turned beside the form, and the next quarter.
TURNS = {"0": "90", "90": "180", "180": "270", "270": "0"}
APPROVED = "L’étape {} est approuvée."
SAID = {
    "submit": "L’étape {} est soumise : son examen commence.",
    "recall": "La soumission de l’étape {} est reprise : vous pouvez de nouveau la modifier.",
    "approve": "Votre accord sur l’étape {} est enregistré.",
    "return": "L’étape {} est renvoyée ; la Région lit le motif et les observations, et a maintenant la main.",
    "cancel_return": "Le renvoi de l’étape {} est annulé. Votre motif et vos observations sont gardés en brouillon.",
    "reopen": "L’étape {} est rouverte ; la Région lit votre motif et a maintenant la main.",
    "skip": "L’examen de l’étape {} passe au niveau suivant.",
    "unblock": "L’examen de l’étape {} est débloqué : il passe au niveau suivant.",
    "unblock_return": "L’étape {} est renvoyée à la Région, avec votre motif.",
    **dict.fromkeys(("favourable", "reserved", "unfavourable"), "Votre avis sur l’étape {} est enregistré."),
}


def page_or_404(request, dossier, code):
    page = read.page(dossier, code, reviewer=can(request.user, "review.read", dossier))
    if page is None:
        raise Http404
    return page


def step_or_404(dossier, code, **more):
    """One step of a dossier, without what its page shows."""
    progress = get_object_or_404(dossier.steps.select_related("step__phase").annotate(**more), step__code=code)
    progress.negotiation = dossier
    return progress


def step(request, slug, code):
    """GET: the page. POST: save the answers; what somebody else changed meanwhile is shown beside what was typed."""
    dossier = dossier_or_404(request, slug)
    page = page_or_404(request, dossier, code)
    form = answers_form(page, request.POST or None)
    conflicts, kept = [], []
    if request.method == "POST":
        require(request.user, "dossier.write", dossier)
        if form.is_valid():
            try:
                conflicts = steps.save_answers(page.progress, form.typed(), form.bases(), by=request.user)
            except NotAllowed as refusal:
                form.add_error(None, refusal.reasons)
                kept = list(form.closed().values())
            else:
                if not conflicts:
                    return saved(request, dossier, code)
                # What was saved beside the conflict counts at once.
                page = page_or_404(request, dossier, code)
                for conflict in conflicts:
                    form.rebase(conflict.question, fingerprint_of(conflict.theirs))
    return show(request, dossier, page, form=form, conflicts=conflicts, kept=kept)


def answers_form(page, data=None):
    closed = {question.pk for question in page.questions if f"answer:{question.code}" not in page.open_keys} \
        if page.is_restricted else set()
    return AnswersForm(data, questions=page.questions, answers=page.answers, fingerprint=fingerprint_of, closed=closed)


def saved(request, dossier, code):
    """After saving, what remains is said at once, on the page where it can be done."""
    page = page_or_404(request, dossier, code)
    left = len(page.remaining)
    complete = "L’étape est complète : soumettez-la à la DGCT." if can(request.user, "step.submit", dossier) else \
        "L’étape est complète : prévenez le responsable, lui seul peut la soumettre."
    rest = complete if not left else \
        f"Il reste {left} point{'s' if left > 1 else ''} avant de pouvoir soumettre l’étape."
    messages.success(request, f"Vos réponses sont enregistrées. {rest}")
    if pk := beside(request):
        turn = request.POST.get("sens")
        return redirect(reverse("typing", args=[dossier.slug, code, pk]) + (f"?sens={turn}" if turn in TURNS else ""))
    return redirect("step", dossier.slug, code)


def beside(request):
    """The paper that the person was typing from, to come back to it; nothing from elsewhere."""
    pk = request.POST.get("beside", "")
    return int(pk) if re.fullmatch("[0-9]{1,15}", pk) else None


def show(request, dossier, page, *, form=None, conflicts=(), deposit=None, deposit_for=None, refused=(), move=None,
         waiver=None, kept=(), thread_form=None, thread=None, status=None):
    """The page of the step, with the form that was refused and what was typed in it.

    move: (action, its form) of an act that was refused; thread_form, thread: the same for a remark;
    kept: what was typed in a form that is gone.
    """
    user = request.user
    writes = can(user, "dossier.write", dossier)
    failed = bool(conflicts or refused or waiver or (deposit and deposit.errors)
                  or (form and form.is_bound and form.errors) or (thread_form and thread_form.errors))
    offered = moves(user, page.progress, page.examination)
    act, act_form = move or ("", None)
    offer = next((offer for offer in offered if offer.action == act), None)
    # The act is no longer possible: its form is gone, not what was typed in it.
    lost = [act_form.data["reason"]] if act_form and act_form.data.get("reason") and not offer else []
    return render(request, "steps/step.html", {
        "dossier": dossier, "tab": "negotiation", "page": page, "progress": page.progress, "step": page.step,
        "form": form or answers_form(page), "conflicts": {c.question.code: c for c in conflicts},
        "writes": writes, "editable": writes and page.progress.is_editable,
        "deposit": deposit or DepositForm(), "deposit_for": deposit_for, "refused": refused,
        "waiver": waiver, "kept": [*kept, *lost],
        "act": act, "act_form": act_form, "act_place": offer and place_of(offer, act_form),
        "opinion_form": act_form if act == "opinion" else OpinionForm(), "move_form": MoveForm(),
        "moves": [(offer, offer.action == "submit" and bool(page.remaining)) for offer in offered],
        "reply_form": ReplyForm(), "thread_form": thread_form, "refused_thread": thread,
        "may_answer": writes and page.progress.state == "returned", "reviewer": can(user, "review.read", dossier),
        "may_compare": can(user, "journal.read", dossier), "terms": terms(), "failed": failed,
        "beside": beside(request),
        "waits_for_manager": writes and page.progress.is_editable and not can(user, "step.submit", dossier),
    }, status=status or (409 if conflicts else 422 if failed else 200))


def place_of(offer, form):
    """Where the page shows what was refused of an act: the choice, the reason, or nowhere when it asks for neither."""
    return "id_voice_0" if "voice" in form.errors else f"motif-{offer.action}" if offer.reason else ""


@posted("step", "slug", "code")
def move(request, slug, code, action):
    """An act that changes the state of the step. Refusals are whole sentences, and what was typed stays in the page.

    The form of an opinion says which: the act is then the voice that was chosen.
    """
    dossier = dossier_or_404(request, slug)
    if action not in {*ACTS, "opinion"}:
        raise Http404
    require(request.user, f"step.{action}", dossier)
    page = page_or_404(request, dossier, code)
    form = (OpinionForm if action == "opinion" else MoveForm)(request.POST)
    if not form.is_valid():
        refused = [sentence for errors in form.errors.values() for sentence in errors]
        return show(request, dossier, page, refused=refused, move=(action, form))
    act = form.cleaned_data.pop("voice", action)
    try:
        carry_out(page.progress, act, by=request.user, **form.cleaned_data)
    except NotAllowed as refusal:
        return show(request, dossier, page_or_404(request, dossier, code), refused=refusal.reasons,
                    move=(action, form), status=409)
    progress = step_or_404(dossier, code)
    # The last voice of the chain approves the step, whatever it was called.
    approved = progress.state == "approved" and act != "reopen"
    messages.success(request, (APPROVED if approved else SAID[act]).format(code))
    # Reviewers go on from their own screen; a step reopened is the Region's again.
    reviewer = can(request.user, "review.read", dossier) and act != "reopen"
    return redirect("review" if reviewer else "step", slug, code)
