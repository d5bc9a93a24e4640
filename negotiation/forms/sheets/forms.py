"""The two forms of an import: the file, then the confirmation, which carries what the preview showed."""
from django import forms
from django.core import signing
from django.core.exceptions import ValidationError

from ...files.names import clean_name
from ...files.refusals import Refused
from ...files.table import read_table
from ...money import shown
from ..fields import new_key
from .preview import preview_of
from .reading import understand
from .words import plain

SALT = "import du plan de financement"
# A preview older than a day is about a plan that nobody remembers.
MAX_AGE = 24 * 60 * 60
GONE = "Cette prévisualisation ne peut plus être confirmée : choisissez de nouveau le fichier."


class ImportForm(forms.Form):
    """plan: queries.commitments.Plan of the dossier. Once valid, `preview` says what would change."""
    file = forms.FileField(
        label="Fichier à importer", allow_empty_file=True,
        help_text="Un classeur Excel (.xlsx), un fichier CSV ou un fichier JSON, 5 Mo au plus.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.json"}),
        error_messages={"required": "Choisissez d’abord un fichier."})

    def __init__(self, *args, plan, dossier, **kwargs):
        super().__init__(*args, **kwargs)
        self.plan, self.dossier, self.preview = plan, dossier, None

    def clean_file(self):
        file = self.cleaned_data["file"]
        try:
            self.preview = read_preview(file, file.name, self.plan, self.dossier)
        except Refused as refusal:
            raise ValidationError(str(refusal)) from None
        return file

    @property
    def name(self):
        return clean_name(self.cleaned_data["file"].name)


def read_preview(file, name, plan, dossier):
    """The Preview of a file. Raises Refused when it cannot be opened at all, or says that it is another dossier's: the
    same projects and financiers may well be there, with the amounts of another contract."""
    table = read_table(file, name)
    slug, title = (plain(text) for text in table.origin)
    if slug and slug != dossier.slug:
        raise Refused("table.foreign", origin=f"« {shown(title)} » ({shown(slug)})" if title else f"« {shown(slug)} »")
    return preview_of(understand(table, plan), plan, dossier.years)


class ConfirmForm(forms.Form):
    """What the preview showed, sealed: nothing is kept on the server between the two pages."""
    plan = forms.CharField(widget=forms.HiddenInput, error_messages={"required": GONE})
    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput, initial=new_key)

    def __init__(self, *args, slug, **kwargs):
        super().__init__(*args, **kwargs)
        self.slug = slug

    @classmethod
    def of(cls, preview, name, slug):
        return cls(slug=slug, initial={"plan": sealed(preview, name, slug), "key": new_key})

    def clean_plan(self):
        """(name of the file, {cell: amount}, {cell: amount that the preview showed})"""
        try:
            slug, name, rows = signing.loads(self.cleaned_data["plan"], salt=SALT, max_age=MAX_AGE)
        except signing.BadSignature:
            raise ValidationError(GONE) from None
        if slug != self.slug:
            raise ValidationError(GONE)
        cells = {tuple(row[:3]): row[3:] for row in rows}
        return name, {cell: after for cell, (_, after) in cells.items()}, {
            cell: before for cell, (before, _) in cells.items()}


def sealed(preview, name, slug):
    rows = [[*change.cell, change.before, change.after] for change in preview.changes]
    return signing.dumps([slug, name, rows], salt=SALT, compress=True)
