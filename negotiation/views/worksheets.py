"""Paper, both ways: the worksheet to print, the photo that comes back to its step, and typing beside it."""
import io

from django.contrib import messages
from django.core import signing
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone

from ..dates import spoken
from ..documents.pdf import PdfError
from ..documents.slots import Busy
from ..documents.worksheet import content, reading
from ..documents.worksheet import render as sheet
from ..files.storage import StoredFile, clean_name, path_of, store
from ..forms.worksheets import PICTURES, FilledForm, PickForm
from ..permissions import require
from ..queries import worksheets as read
from ..workflow import documents
from ..workflow.transitions import NotAllowed
from .dossier import dossier_or_404
from .responses import attachment
from .steps import TURNS, answers_form, page_or_404, show

A_DAY = 24 * 60 * 60
LATER = "La fiche de travail n’a pas pu être préparée. Rien n’est perdu : réessayez dans une minute."
FORGOTTEN = "Ce fichier n’attend plus d’être rangé : déposez-le de nouveau."
DONE = "Ce fichier est déjà rangé à l’étape {}."
CLOSED = ("L’étape {} est « {} » : elle ne reçoit plus de pièce. Le fichier est gardé un jour : choisissez une autre "
          "étape, ou gardez la photo pour le jour où celle-ci sera rouverte.")
NONE_OPEN = ("Aucune étape de ce dossier ne reçoit de pièce aujourd’hui : toutes sont soumises ou approuvées. Gardez "
             "la photo pour le jour où une étape sera rouverte.")
OLDER = ("Cette fiche a été imprimée quand l’étape {} en était à la version {} ; elle en est à la version {} : relisez "
         "les réponses déjà écrites avant de recopier.")
PARTLY_READ = ("Toutes les pages n’ont pas pu être lues, et ce dossier a des questions réservées à l’équipe de la "
               "Région (étape {}). Vérifiez le fichier, qui est gardé, puis rangez-le.")


def worksheet(request, slug, code):
    """The PDF to print; the reserved questions only for the team of the Region."""
    dossier = dossier_or_404(request, slug)
    page = page_or_404(request, dossier, code)
    try:
        made = sheet.pdf(content.of(dossier, page, today=timezone.localdate()))
    except (PdfError, Busy):
        response = show(request, dossier, page, refused=[LATER], status=503)
        response["Retry-After"] = "60"
        return response
    return attachment(io.BytesIO(made), f"fiche-{dossier.slug}-{code}.pdf", "application/pdf")


def worksheets(request, slug):
    """GET: the page. POST: a file, or the step of a file that could not say it (`token`)."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "dossier.write", dossier)
    if request.method != "POST":
        return page(request, dossier)
    return pick(request, dossier) if "token" in request.POST else receive(request, dossier)


def page(request, dossier, *, form=None, picking=None, refused=(), doubt="", status=200, steps=None):
    steps = read.steps(dossier) if steps is None else steps
    return render(request, "worksheets/worksheets.html", {
        "dossier": dossier, "tab": "", "form": form or FilledForm(), "picking": picking, "refused": refused,
        "doubt": doubt, "steps": steps, "has_errors": bool(refused or (form and form.errors))}, status=status)


def receive(request, dossier):
    """Inspect, read, and only then store: what belongs to another dossier leaves no trace."""
    form = FilledForm(request.POST, request.FILES)
    if not form.is_valid():
        return page(request, dossier, form=form, status=422)
    found = found_in(form, dossier)
    if found.refusal:
        return page(request, dossier, refused=[found.refusal], status=422)
    return keep(request, dossier, form, found)


def found_in(form, dossier):
    """What the codes of a file say: wherever it is deposited, a worksheet that comes back is known."""
    file, kind = form.cleaned_data["file"], form.verdict.kind
    file.seek(0)
    found = reading.read(kind, file.read(), dossier.slug)
    # An office document that shows a sheet is no filled sheet: it is only refused what a sheet of its own would be.
    return found if kind in PICTURES else reading.Reading(refusal=found.refusal, blind=found.blind)


def is_blind(found, dossier):
    """Might this file, that could not be looked into, hold a reserved sheet?"""
    return found.blind and bool(read.reserved_codes(read.steps(dossier)))


def keep(request, dossier, form, found, *, told=""):
    """Store the file and put it at the step that its codes say, or that the person will. told: said of it, with its
    step, when it was deposited as something else.
    """
    file, steps = form.cleaned_data["file"], read.steps(dossier)
    progress = next((one for one in steps if found.mark and one.step.code == found.mark.step), None)
    file.seek(0)
    kept = store(file)
    token = signing.dumps([kept.sha256, kept.size, form.verdict.kind, clean_name(file.name), found.is_whole],
                          salt=salt_of(request, dossier))
    if progress is None:
        return picked(request, dossier, steps, token, doubt=found.doubt or reading.UNREAD)
    code, reserved = progress.step.code, sorted(read.reserved_codes(steps))
    if reserved and not found.is_whole:
        return picked(request, dossier, steps, token, doubt=PARTLY_READ.format(", ".join(reserved)), code=code)
    if told and progress.is_editable:
        messages.info(request, told.format(code))
    return put(request, dossier, progress, token, steps, found=found)


def pick(request, dossier):
    """The person says the step; the file is in the store already and is not sent again."""
    steps = read.steps(dossier)
    file, is_whole = waiting(request, dossier, request.POST["token"])
    if file is None:
        return page(request, dossier, refused=[FORGOTTEN], steps=steps, status=422)
    form = PickForm(request.POST, steps=steps, reserved=read.reserved_codes(steps), is_whole=is_whole)
    if not form.is_valid():
        return page(request, dossier, picking=form, steps=steps, status=422)
    progress = next(one for one in steps if one.step.code == form.cleaned_data["step"])
    return put(request, dossier, progress, form.cleaned_data["token"], steps)


def put(request, dossier, progress, token, steps, found=None):
    """Deposit the file of the token at this step, and go on to typing; when it may not be, another step is offered."""
    code = progress.step.code
    file, _ = waiting(request, dossier, token)
    if file is None:
        return page(request, dossier, refused=[FORGOTTEN], steps=steps, status=422)
    if not progress.is_editable:
        closed = CLOSED.format(code, progress.get_state_display())
        return picked(request, dossier, steps, token, refused=[closed], status=409)
    older = found and read.changes_since(progress, found.mark)
    version = progress.version
    title = ", ".join(filter(None, [f"{read.FILLED}, {spoken(timezone.localdate())}", found and found.page]))
    try:
        # The key is the file itself: sent twice to a step, it is there once.
        made = documents.deposit(progress, file, by=request.user, title=title, key=f"fiche-{file.sha256[:16]}")
    except NotAllowed as refusal:
        return picked(request, dossier, steps, token, refused=refusal.reasons, code=code, status=409)
    if made is None:
        messages.info(request, DONE.format(code))
        return redirect("step", dossier.slug, code)
    messages.success(request, f"« {title} » est rangée à l’étape {code}. Recopiez-la en regard.")
    if older:
        messages.warning(request, OLDER.format(code, found.mark.version, version))
    return redirect("typing", dossier.slug, code, made.pk)


def picked(request, dossier, steps, token, *, doubt="", refused=(), code="", status=200):
    """The page where the step of a kept file is chosen, among those that receive one."""
    if not any(one.is_editable for one in steps):
        return page(request, dossier, refused=[NONE_OPEN], steps=steps, status=409)
    form = PickForm(steps=steps, reserved=read.reserved_codes(steps), is_whole=waiting(request, dossier, token)[1],
                    initial={"token": token, "step": code})
    return page(request, dossier, picking=form, doubt=doubt, refused=refused, steps=steps, status=status)


def waiting(request, dossier, token):
    """(the file that a token stands for, whether all its pages were read); (None, False) when it waits no more."""
    try:
        sha256, size, kind, name, *whole = signing.loads(token, salt=salt_of(request, dossier), max_age=A_DAY)
    except signing.BadSignature:
        return None, False
    return (StoredFile(sha256, size, kind, name), whole == [True]) if path_of(sha256).exists() else (None, False)


def salt_of(request, dossier):
    """A token is good for one person and one dossier."""
    return f"negotiation.worksheet.{request.user.pk}.{dossier.pk}"


def typing(request, slug, code, pk):
    """The picture beside the form of the answers; the form is that of the step, and posts to it."""
    dossier = dossier_or_404(request, slug)
    require(request.user, "dossier.write", dossier)
    step_page = page_or_404(request, dossier, code)
    rows = [(row, row.versions[0]) for row in step_page.others if row.versions and row.versions[0].kind in PICTURES]
    row, version = next(((row, version) for row, version in rows if version.pk == pk), (None, None))
    if row is None:
        raise Http404
    turn = request.GET.get("sens", "0")
    turn = turn if turn in TURNS else "0"
    return render(request, "worksheets/typing.html", {
        "dossier": dossier, "tab": "negotiation", "page": step_page, "progress": step_page.progress,
        "step": step_page.step, "form": answers_form(step_page), "editable": step_page.progress.is_editable,
        "conflicts": {}, "row": row, "version": version, "rows": rows, "beside": version.pk,
        "turn": turn, "next_turn": TURNS[turn]})
