"""The two forms of an import: the file, then the confirmation, which carries what the preview showed."""
from django import forms
from django.core import signing
from django.core.exceptions import ValidationError

from ...files.names import clean_name
from ...files.refusals import Refused
from ...files.table import read_table
from ..fields import new_key
from .preview import preview_of
from .reading import understand

SALT = "import du plan de financement"
# A preview older than a day is about a plan that nobody remembers.
MAX_AGE = 24 * 60 * 60
GONE = "Cette prévisualisation ne peut plus être confirmée : choisissez de nouveau le fichier."


class ImportForm(forms.Form):
    """plan: queries.commitments.Plan; years: those of the contract. Once valid, `preview` says what would change."""
    file = forms.FileField(
        label="Fichier à importer", allow_empty_file=True,
        help_text="Un classeur Excel (.xlsx), un fichier CSV ou un fichier JSON, 5 Mo au plus.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.json"}),
        error_messages={"required": "Choisissez d’abord un fichier."})

    def __init__(self, *args, plan, years, **kwargs):
        super().__init__(*args, **kwargs)
        self.plan, self.years, self.preview = plan, years, None

    def clean_file(self):
        file = self.cleaned_data["file"]
        try:
            self.preview = read_preview(file, file.name, self.plan, self.years)
        except Refused as refusal:
            raise ValidationError(str(refusal)) from None
        return file

    @property
    def name(self):
        return clean_name(self.cleaned_data["file"].name)


def read_preview(file, name, plan, years):
    """The Preview of a file. Raises Refused when it cannot be opened at all."""
    return preview_of(understand(read_table(file, name), plan), plan, years)


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
