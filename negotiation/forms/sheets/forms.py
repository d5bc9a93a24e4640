"""The two forms of an import: the file, then the confirmation, which carries what the preview showed."""
from typing import NamedTuple

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

# Another one for another shape of what is sealed: what an older page carries is then asked for again.
SALT = "import du plan de financement, avec ses noms"
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
    if slug and slug.casefold() != dossier.slug.casefold():
        raise Refused("table.foreign", origin=f"« {shown(title)} » ({shown(slug)})" if title else f"« {shown(slug)} »")
    return preview_of(understand(table, plan, dossier.title), plan, dossier.years)


class Carried(NamedTuple):
    """What a preview showed: the name of the file; {cell: amount after}, {cell: amount before}, {cell: its place in the
    file}; {pk: name} of the projects, and of the financiers, that these cells name."""
    name: str
    cells: dict
    base: dict
    places: dict
    was: tuple[dict, dict]


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
        """A Carried."""
        try:
            slug, name, rows, was = signing.loads(self.cleaned_data["plan"], salt=SALT, max_age=MAX_AGE)
        except signing.BadSignature:
            raise ValidationError(GONE) from None
        if slug != self.slug:
            raise ValidationError(GONE)
        cells = {tuple(row[:3]): row[3:] for row in rows}
        before, after, places = ({cell: told[i] for cell, told in cells.items()} for i in range(3))
        return Carried(name, after, before, places, tuple(map(dict, was)))


def sealed(preview, name, slug):
    rows = [[*change.cell, change.before, change.after, change.place] for change in preview.changes]
    was = [[(pk, names[pk]) for pk in sorted({change.cell[kind] for change in preview.changes})]
           for kind, names in enumerate(preview.was)]
    return signing.dumps([slug, name, rows, was], salt=SALT, compress=True)
