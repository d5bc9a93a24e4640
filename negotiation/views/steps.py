"""A step of a negotiation: its page and answers, and the moves that change its state."""
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render

from ..forms.steps import AnswersForm, DepositForm, MoveForm
from ..permissions import can, moves, require
from ..queries import steps as read
from ..queries.glossary import terms
from ..queries.negotiations import holder_of
from ..workflow import steps
from ..workflow.journal import fingerprint_of
from ..workflow.transitions import STEP, NotAllowed
from .dossier import dossier_or_404, posted

SAID = {
    "submit": "elle est soumise ; la DGCT a maintenant la main.",
    "approve": "elle est approuvée.",
    "return": "elle est renvoyée ; la Région lit votre motif et a maintenant la main.",
    "reopen": "elle est rouverte ; la Région lit votre motif et a maintenant la main.",
}


def page_or_404(dossier, code):
    page = read.page(dossier, code)
    if page is None:
        raise Http404
    return page


def step(request, slug, code):
    """GET: the page. POST: save the answers; what somebody else changed meanwhile is shown beside what was typed."""
    dossier = dossier_or_404(request, slug)
    page = page_or_404(dossier, code)
    form = answers_form(page, request.POST or None)
    conflicts = []
    if request.method == "POST":
        require(request.user, "dossier.write", dossier)
        if form.is_valid():
            try:
                conflicts = steps.save_answers(page.progress, form.typed(), form.bases(), by=request.user)
            except NotAllowed as refusal:
                form.add_error(None, refusal.reasons)
            else:
                if not conflicts:
                    return saved(request, dossier, code)
                # What was saved beside the conflict counts at once.
                page = page_or_404(dossier, code)
                for conflict in conflicts:
                    form.rebase(conflict.question, fingerprint_of(conflict.theirs))
    return show(request, dossier, page, form=form, conflicts=conflicts)


def answers_form(page, data=None):
    return AnswersForm(data, questions=page.questions, answers=page.answers,
                       fingerprint=fingerprint_of)


def saved(request, dossier, code):
    """After saving, what remains is said at once, on the page where it can be done."""
    page = page_or_404(dossier, code)
    left = len(page.remaining)
    complete = "L’étape est complète : soumettez-la à la DGCT." if can(request.user, "step.submit", dossier) else \
        "L’étape est complète : prévenez le responsable, lui seul peut la soumettre."
    rest = complete if not left else \
        f"Il reste {left} point{'s' if left > 1 else ''} avant de pouvoir soumettre l’étape."
    messages.success(request, f"Vos réponses sont enregistrées. {rest}")
    return redirect("step", dossier.slug, code)


def show(request, dossier, page, *, form=None, conflicts=(), deposit=None, deposit_for=None, waiver=None, refused=(),
         kept=(), move=None, status=None):
    """The page of the step, with the form that was refused; `kept`: what was typed in a form that is gone."""
    user = request.user
    writes = can(user, "dossier.write", dossier)
    failed = bool(conflicts or refused or waiver or (deposit and deposit.errors)
                  or (form and form.is_bound and form.errors))
    return render(request, "steps/step.html", {
        "dossier": dossier, "tab": "negotiation", "page": page, "progress": page.progress, "step": page.step,
        "form": form or answers_form(page), "conflicts": {c.question.code: c for c in conflicts},
        "writes": writes, "editable": writes and page.progress.is_editable,
        "deposit": deposit or DepositForm(), "deposit_for": deposit_for, "refused": refused,
        "waiver": waiver, "kept": kept,
        "move": move, "move_form": MoveForm(),
        "moves": [(action, found, action == "submit" and bool(page.remaining)) for action, found
                  in moves(user, page.progress)],
        "holder": holder_of(page.progress.state), "terms": terms(), "failed": failed,
        "waits_for_manager": writes and page.progress.is_editable and not can(user, "step.submit", dossier),
    }, status=status or (409 if conflicts else 422 if failed else 200))


@posted("step", "slug", "code")
def move(request, slug, code, action):
    """Submit, approve, return or reopen. Refusals are whole sentences, and the reason typed stays in the page."""
    dossier = dossier_or_404(request, slug)
    if action not in STEP or action == "start":
        raise Http404
    require(request.user, f"step.{action}", dossier)
    page = page_or_404(dossier, code)
    form = MoveForm(request.POST)
    if not form.is_valid():
        refused = [sentence for errors in form.errors.values() for sentence in errors]
        return show(request, dossier, page, refused=refused, move=(action, request.POST.get("reason", "")))
    try:
        steps.move(page.progress, action, by=request.user, **form.cleaned_data)
    except NotAllowed as refusal:
        return show(request, dossier, page_or_404(dossier, code), refused=refusal.reasons,
                    move=(action, form.cleaned_data["reason"]), status=409)
    messages.success(request, f"Étape {code} : {SAID[action]} L’acte est inscrit au journal.")
    return redirect("step", dossier.slug, code)
