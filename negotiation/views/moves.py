"""The moves that change the state of a step: submitting, recalling, speaking, returning, the ways out.

Reviewers go on from their own screen, refused or not; the Region from the page of the step.
"""
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect

from ..forms.steps import MoveForm, OpinionForm
from ..permissions import can, require
from ..queries import examinations as read
from ..workflow.moves import ACTS
from ..workflow.moves import move as carry_out
from ..workflow.transitions import NotAllowed
from .dossier import dossier_or_404, posted
from .reviews import show as show_review
from .steps import page_or_404, show, step_or_404

APPROVED = "L’étape {} est approuvée."
VOTED = ("Votre position (renvoyer) sur l’étape {} est enregistrée. L’étape n’est pas encore renvoyée : la Région n’en "
         "sait rien.")
SAID = {
    "submit": "L’étape {} est soumise : son examen commence.",
    "recall": "La soumission de l’étape {} est reprise : vous pouvez de nouveau la modifier.",
    "approve": "Votre accord sur l’étape {} est enregistré.",
    "return": "L’étape {} est renvoyée ; la Région lit le motif et les observations, et a maintenant la main.",
    "cancel_return": "Le renvoi de l’étape {} est annulé. Le motif et les observations sont de nouveau des "
                     "brouillons ; le journal garde ce qui avait été envoyé, et la Région peut l’y lire.",
    "reopen": "L’étape {} est rouverte ; la Région lit votre motif et a maintenant la main.",
    "skip": "Il est passé outre l’avis en retard : l’examen de l’étape {} continue.",
    "unblock": "L’examen de l’étape {} est débloqué : il continue.",
    "unblock_return": "L’étape {} est renvoyée à la Région, avec votre motif.",
    **dict.fromkeys(("favourable", "reserved", "unfavourable"), "Votre avis sur l’étape {} est enregistré."),
}


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
        return refuse(request, dossier, code, refused, (action, form), status=422)
    act = form.cleaned_data.pop("voice", action)
    try:
        carry_out(page.progress, act, by=request.user, **form.cleaned_data)
    except NotAllowed as refusal:
        return refuse(request, dossier, code, refusal.reasons, (action, form), status=409)
    progress = step_or_404(dossier, code)
    messages.success(request, said(act, progress, read.of_step(progress)).format(code))
    # A step reopened is the Region's again.
    return redirect("review" if can(request.user, "review.read", dossier) and act != "reopen" else "step", slug, code)


def said(act, progress, examination):
    """What is true of the step now: a voice alone may return nothing, and the last one approves whatever its name."""
    if progress.state == "approved" and act != "reopen":
        return APPROVED
    if act == "return" and progress.state == "submitted":
        names = ", ".join(str(seat.organisation) for seat in examination.waiting)
        return VOTED + (f" Encore attendus : {names}." if names else "")
    return SAID[act]


def refuse(request, dossier, code, refused, move, *, status):
    """The screen where the person was, as it is now, with what was refused first and what was typed."""
    page = page_or_404(request, dossier, code)
    if page.examination and can(request.user, "review.read", dossier):
        return show_review(request, dossier, page.progress, refused=refused, move=move, status=status)
    return show(request, dossier, page, refused=refused, move=move, status=status)
