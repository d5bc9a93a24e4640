"""A step of a negotiation: its page and its answers. The moves that change its state are in moves.py."""
import re
from dataclasses import replace

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from ..choices import Voice
from ..forms.remarks import ReplyForm
from ..forms.steps import AnswersForm, DepositForm, MoveForm, OpinionForm
from ..permissions import can, moves, require
from ..queries import afterwards, pen
from ..queries import steps as read
from ..queries.glossary import terms
from ..workflow import audience, reviews, steps
from ..workflow.journal import fingerprint_of
from ..workflow.transitions import NotAllowed
from .dossier import dossier_or_404

ALONE = ("Si vous approuvez ici, personne d’autre ne pourra se prononcer au niveau suivant (« {} ») : un "
         "administrateur devra débloquer l’étape. Si possible, laissez ce niveau à un collègue.")
# How the photo of a sheet taken from the side may be turned beside the form, and the next quarter.
TURNS = {"0": "90", "90": "180", "180": "270", "270": "0"}


def page_or_404(request, dossier, code):
    page = read.page(dossier, code, reviewer=can(request.user, "review.read", dossier))
    if page is None:
        raise Http404
    # Who has the pen is told from the steps that the page has read.
    dossier.pen = SimpleLazyObject(lambda: pen.of(dossier, page.steps))
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
    complete = "L’étape est complète : soumettez-la à la DGCT." if can(request.user, "step.submit", dossier) else \
        "L’étape est complète : prévenez le responsable, lui seul peut la soumettre."
    rest = f"Il reste {page.left} avant de pouvoir soumettre l’étape." if page.remaining else complete
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
    offered = offers(user, page.progress, page.examination)
    refused_act, lost = refused_move(move, offered)
    return render(request, "steps/step.html", {
        "dossier": dossier, "tab": "negotiation", "page": page, "progress": page.progress, "step": page.step,
        "form": form or answers_form(page), "conflicts": {c.question.code: c for c in conflicts},
        "afterwards": afterwards.of_step(page.progress),
        "writes": writes, "editable": writes and page.progress.is_editable,
        "deposit": deposit or DepositForm(), "deposit_for": deposit_for, "refused": refused,
        "waiver": waiver, "kept": [*kept, *lost],
        **refused_act, "move_form": MoveForm(),
        "moves": [(offer, offer.action == "submit" and bool(page.remaining)) for offer in offered],
        "own_side": own_side(user, page.threads),
        "reply_form": ReplyForm(), "thread_form": thread_form,
        "refused_thread": thread,
        "may_answer": writes and page.progress.state == "returned", "reviewer": can(user, "review.read", dossier),
        "may_compare": can(user, "journal.read", dossier), "terms": terms(), "failed": failed,
        "beside": beside(request),
        "waits_for_manager": writes and page.progress.is_editable and not can(user, "step.submit", dossier),
    }, status=status or (409 if conflicts else 422 if failed else 200))


def offers(user, progress, examination):
    """What the person may do now; approving says before the click that it would leave nobody to speak afterwards."""
    offered = moves(user, progress, examination)
    level = examination and examination.next_level
    if not level or not level.seats or not any(offer.action == Voice.APPROVE for offer in offered):
        return offered
    if audience.left(level.seats, progress, examination.last, without=user):
        return offered
    return [replace(offer, warning=ALONE.format(level.passage.get_kind_display())) if offer.action == Voice.APPROVE
            else offer for offer in offered]


def own_side(user, threads):
    """The remarks that the person may settle, maintain or remove: the act asks the same."""
    return {thread.remark.pk for thread in threads if reviews.is_of_side(thread.remark, user)}


def refused_move(move, offered):
    """({what a page shows of an act that was refused}, [what was typed in a form that is gone])"""
    act, form = move or ("", None)
    offer = next((offer for offer in offered if offer.action == act), None)
    # The act is no longer possible: its form is gone, not what was typed in it.
    lost = [form.data["reason"]] if form and form.data.get("reason") and not offer else []
    return {"act": act, "act_form": form, "act_place": offer and place_of(offer, form),
            "opinion_form": form if act == "opinion" else OpinionForm()}, lost


def place_of(offer, form):
    """Where the page shows what was refused of an act: the choice, the reason, or nowhere when it asks for neither."""
    return "id_voice_0" if "voice" in form.errors else f"motif-{offer.action}" if offer.reason else ""
