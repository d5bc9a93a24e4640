"""The signed copy of an edition: its signatures, the scans, and how a wrong one is replaced or withdrawn."""
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render

from .. import codes
from ..choices import Party
from ..documents.worksheet import reading
from ..files.inspection import VERDICTS
from ..files.storage import StoredFile, clean_name, store
from ..forms.refusals import refuse
from ..forms.signatures import EndForm, SignatureForm
from ..models import Signature
from ..permissions import can, manages, require
from ..queries import signatures as read
from ..workflow import signatures
from ..workflow.transitions import NotAllowed
from .booklets import edition_of
from .dossier import dossier_or_404, posted
from .responses import stored
from .worksheets import found_in, is_blind

WORKSHEET = ("Ce fichier contient une fiche de travail, pas seulement les pages signées du livret : rien n’est déposé. "
             "Une fiche remplie se dépose dans « Fiches papier ».")
OTHER = ("Ces pages portent le code de vérification {}, qui n’est pas celui de l’édition {} ({}) : rien n’est déposé. "
         "Une signature se dépose sur l’édition qui a été signée.")
UNKNOWN = ("Le code de l’édition n’a été lu sur aucune page de cette numérisation : ouvrez-la, et remplacez-la si "
           "ce ne sont pas les pages signées.")


def page(request, slug, number):
    """GET: who signed this edition, and the scans. POST: deposit the signature of one party."""
    dossier = dossier_or_404(request, slug)
    edition = edition_of(request, dossier, number)
    history = read.history(edition)
    current = [one for _, one, _ in history if one]
    if request.method != "POST":
        return show(request, dossier, edition, history, SignatureForm(
            current=current, region=dossier.region, initial=usual(request.user, dossier, current)))
    require(request.user, "booklet.sign", dossier)
    form = SignatureForm(request.POST, request.FILES, current=current, region=dossier.region)
    is_known = not (form.is_valid() and form.cleaned_data["file"]) or refuse_other_pages(form, edition)
    if not form.is_valid():
        return show(request, dossier, edition, history, form, status=422)
    try:
        kept = signatures.deposit(form.signature(edition), scan_of(form), by=request.user,
                                  reason=form.cleaned_data.get("reason", ""), key=form.cleaned_data["key"])
    except (NotAllowed, ValidationError) as refusal:
        refuse(form, refusal)
        return show(request, dossier, edition, read.history(edition), form, status=409)
    if kept:
        messages.success(request, told(kept))
        if not is_known:
            messages.warning(request, UNKNOWN)
    return redirect("signatures", slug, number)


def refuse_other_pages(form, edition):
    """Refuse a scan that is a worksheet of ours, or of pages of another edition; or that nobody has looked into. Does
    it bear the code of this edition? A poor scanner may lose it."""
    found = found_in(form, edition.negotiation)
    if found.refusal or found.marks:
        form.add_error("file", found.refusal if found.refusal == reading.BUSY else WORKSHEET)
    elif found.editions and edition.code not in found.editions:
        form.add_error("file", OTHER.format(
            ", ".join(map(codes.grouped, sorted(found.editions))), edition.number, edition.grouped_code))
    elif is_blind(found, edition.negotiation):
        form.must_be_checked()
    return edition.code in found.editions


def usual(user, dossier, current):
    """What the form offers: the party of the person, unless it has signed already."""
    mine = Party.REGION if manages(user, dossier) else Party.STATE
    signed = {one.party for one in current}
    return {"party": next((one for one in (mine, *Party) if one not in signed), mine)}


def scan_of(form):
    """The file, stored before the transaction; or the one that is there already for the other party."""
    if shared := form.shared:
        return StoredFile(shared.sha256, shared.size, shared.kind, shared.file_name)
    file = form.cleaned_data["file"]
    file.seek(0)
    kept = store(file)
    return StoredFile(kept.sha256, kept.size, form.verdict.kind, clean_name(file.name))


def told(signature):
    said = f"La signature est déposée : {signature.function}."
    return f"{said} Les deux parties ont signé : le contrat est signé." if signature.booklet.signed_at else \
        f"{said} Le contrat sera signé quand l’autre partie l’aura signé aussi."


def show(request, dossier, edition, history, form, *, ending=None, status=200):
    """ending: (pk, form) of a withdrawal that was refused, shown again with what was typed."""
    pk, refused = ending or (None, None)
    may_sign = can(request.user, "booklet.sign", dossier)
    return render(request, "signatures/signatures.html", {
        "dossier": dossier, "tab": "booklet", "edition": edition, "may_sign": may_sign, "form": form,
        "parties": [(party, one, before, (refused if one and one.pk == pk else end_form(one)) if one else None)
                    for party, one, before in history]}, status=status)


def end_form(signature, data=None):
    return EndForm(data, auto_id=f"retrait-{signature.pk}-%s")


def signature_or_404(edition, pk):
    return get_object_or_404(Signature.objects.select_related("booklet__negotiation"), pk=pk, booklet=edition)


def scan(request, slug, number, pk):
    """A scan shows handwriting: it is for those who read the dossier, and is saved, never shown in our pages."""
    found = signature_or_404(edition_of(request, dossier_or_404(request, slug), number), pk)
    return stored(request, found.sha256, found.file_name, VERDICTS[found.kind].content_type)


@posted("signatures", "slug", "number")
def withdraw(request, slug, number, pk):
    dossier = dossier_or_404(request, slug)
    require(request.user, "booklet.sign", dossier)
    edition = edition_of(request, dossier, number)
    found, history = signature_or_404(edition, pk), read.history(edition)
    form = end_form(found, request.POST)
    current = [one for _, one, _ in history if one]
    empty = SignatureForm(current=current, region=dossier.region, initial=usual(request.user, dossier, current))
    if not form.is_valid():
        return show(request, dossier, edition, history, empty, ending=(pk, form), status=422)
    try:
        signatures.withdraw(found, form.cleaned_data["reason"], by=request.user, key=form.cleaned_data["key"])
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("signatures", slug, number)
    messages.success(request, "La signature est retirée : elle reste lisible ci-dessous, et le contrat n’est pas signé "
                              "sur cette édition.")
    return redirect("signatures", slug, number)
