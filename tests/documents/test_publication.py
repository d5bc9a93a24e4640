"""What makes the livret a publication: the plan it carries, the logos of its cover, its letters, its conformance."""
import base64
import io
import json
import re
from datetime import date
from pathlib import Path

import openpyxl
import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from negotiation.choices import Action, State
from negotiation.documents.booklet import carried, render
from negotiation.documents.booklet.assembly import assemble
from negotiation.documents.booklet.openings import openings
from negotiation.documents.booklet.pledges import pledges
from negotiation.documents.pdf import Attached, to_pdf
from negotiation.documents.sheets import export
from negotiation.forms.emblems import EmblemForm
from negotiation.models import Emblem, Negotiation, Region
from negotiation.queries.commitments import plan
from negotiation.workflow import calendar
from negotiation.workflow.journal import record
from negotiation.workflow.negotiations import open_negotiation

from .. import factories
from ..files import hostile_images
from .conformance import faults
from .conftest import PATIENT, make, plan_of, small_grid

pytestmark = pytest.mark.django_db
# Bamanankan, fulfulde, soninké, songhay, tamasheq (in Latin letters), with their tones.
LETTERS = "ɛ Ɛ ɔ Ɔ ɲ Ɲ ŋ Ŋ ɓ Ɓ ɗ Ɗ ƴ Ƴ ɣ Ɣ ǝ Ǝ ə š Š ž Ž ẓ Ẓ ḍ Ḍ ṭ Ṭ ṣ Ṣ ḷ ṛ ă ã ẽ ɛ̀ ɛ́ ɔ̀ ɔ́ ɛ̌ ɔ̂ à á ǎ â"
GREEN = (28, 104, 67)


@pytest.fixture
def small(kayes, manager):
    dossier = open_negotiation(Negotiation(
        region=kayes.region, owner=kayes, grid=small_grid(), title="Contrat-plan 2027-2031", first_year=2027,
        last_year=2031), by=manager)
    plan_of(dossier, {("Route « nord »", 0, 2027): 400_000_000, ("Route « nord »", 1, 0): 7,
                      ("Puits", 1, 2031): 10**14})
    return dossier


def png(colour=GREEN, size=(900, 300), kind="PNG"):
    target = io.BytesIO()
    Image.new("RGB", size, colour).save(target, kind)
    return target.getvalue()


def put(name, data, **fields):
    form = EmblemForm({"label": "Armoiries", "order": 1, "is_shown": "on", **fields},
                      {"file": SimpleUploadedFile(name, data)})
    assert form.is_valid(), form.errors
    return form.save()


def test_the_plan_is_carried_as_the_very_files_that_the_page_exports(small):
    """XLSX and JSON, byte for byte those of the commitments, made from the content alone."""
    files = carried.files(assemble(small))
    shown = plan(small, editing=True)
    assert {file.name: file.content for file in files} == {
        f"plan-de-financement.{kind}": export.content(kind, shown, small) for kind in ("xlsx", "json")}
    assert openpyxl.load_workbook(io.BytesIO(files[0].content))["Plan"]["C5"].value == 400_000_000


def test_a_plan_without_an_amount_is_not_carried(dossier):
    assert carried.files(assemble(dossier)) == []


def test_the_pdf_carries_the_plan_and_conforms(small):
    """Twice the same bytes; a reader of attachments finds both, typed, dated and related to the document."""
    content = assemble(small)
    made = [to_pdf(render.html(content), render.STYLESHEETS, attached=carried.files(content), changed_at=1_800_000_000,
                   identifier="x", seconds=PATIENT) for _ in range(2)]
    assert made[0] == made[1]
    assert faults(made[0]) == []
    with pikepdf.open(io.BytesIO(made[0])) as document:
        found = {name: (str(one.relationship), one.get_file().mime_type, one.get_file().creation_date.year)
                 for name, one in document.attachments.items()}
        told = json.loads(document.attachments["plan-de-financement.json"].get_file().read_bytes())
    assert found == {"plan-de-financement.json": ("/Data", "application/json", 2027),
                     "plan-de-financement.xlsx": ("/Data", export.KINDS["xlsx"], 2027)}
    assert [cell["amount"] for cell in told["cells"]] == [400_000_000, 7, 10**14]


def test_a_carried_file_may_be_anything():
    page = "<!doctype html><html lang=fr><head><title>x</title></head><body><h1>x</h1></body></html>"
    made = to_pdf(page, [], attached=[Attached("donnees.json", "Données", "application/json", bytes(range(256)))])
    with pikepdf.open(io.BytesIO(made)) as document:
        assert document.attachments["donnees.json"].get_file().read_bytes() == bytes(range(256))


def test_every_letter_of_the_national_languages_is_printed_and_read_back(small, tmp_path):
    small.origin_note = LETTERS
    small.save()
    made = make(assemble(small), tmp_path)
    assert "".join(LETTERS.split()) in made.bare
    with pikepdf.open(made.path) as document:
        names = {str(font.FontName) for font in document.objects
                 if isinstance(font, pikepdf.Dictionary) and font.get("/Type") == "/FontDescriptor"}
        embedded = {str(font.FontName) for font in document.objects
                    if isinstance(font, pikepdf.Dictionary) and "/FontFile2" in font or "/FontFile3" in font}
    assert names == embedded
    assert faults(made.pdf) == []


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_logo_is_drawn_again_small_and_kept_by_what_was_assembled(small, kind):
    """The bytes deposited are not kept; a later logo changes nothing of a content already assembled."""
    one = put(f"logo.{kind.lower()}", png(kind=kind))
    with Image.open(io.BytesIO(bytes(one.image))) as image:
        assert (image.format, image.size) == ("PNG", (400, 133))
    content = assemble(small)
    assert [(emblem.label, base64.b64decode(emblem.png)) for emblem in content.body.cover.emblems] == [
        ("Armoiries", bytes(one.image))]
    page = render.html(content)
    Emblem.objects.update(image=b"other")
    assert render.html(content) == page
    assert 'alt="Armoiries"' in page
    assert assemble(small).digest != content.digest


def test_only_the_logos_of_the_region_and_of_all_are_on_the_cover(small):
    assert assemble(small).body.cover.emblems == ()
    other = Region.objects.exclude(pk=small.region_id).first()
    for order, (label, region, shown) in enumerate([
            ("Autre", other, True), ("Région", small.region, True), ("Mali", None, True), ("Ancien", None, False)]):
        Emblem.objects.create(label=label, region=region, is_shown=shown, order=9 - order, image=png())
    assert [one.label for one in assemble(small).body.cover.emblems] == ["Mali", "Région"]


@pytest.mark.parametrize(("name", "data", "said"), [
    ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><image href='http://127.0.0.1/x'/></svg>", "svg"),
    ("logo.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "PNG"),
    ("logo.webp", b"RIFF", "webp"), ("logo.ttf", b"\x00\x01\x00\x00", "ttf"), ("logo.png", b"", "vide")])
def test_what_is_not_a_picture_is_refused_with_a_sentence(name, data, said):
    form = EmblemForm({"label": "L", "order": 1}, {"file": SimpleUploadedFile(name, data)})
    assert not form.is_valid()
    assert said.lower() in " ".join(form.errors["file"]).lower()


def test_hostile_pictures_are_refused():
    """A flood of pixels and a picture with something behind it, as for any deposited file."""
    for data in (hostile_images.png_of(20_000, 20_000), png() + b"PK\x03\x04"):
        form = EmblemForm({"label": "L", "order": 1}, {"file": SimpleUploadedFile("logo.png", data)})
        assert not form.is_valid()
        assert form.errors["file"]


def test_a_logo_is_printed_on_the_cover_with_its_words(small, tmp_path):
    put("logo.png", png())
    made = make(assemble(small), tmp_path)
    assert faults(made.pdf) == []
    with pikepdf.open(made.path) as document:
        words = {str(one.Alt) for one in document.objects if isinstance(one, pikepdf.Dictionary) and "/Alt" in one}
    assert "Armoiries" in words


def test_the_livret_has_one_scale_of_letters():
    """Every size of the stylesheet is one of the ten named at its top."""
    css = (Path(__file__).parents[2] / "static/css/booklet.css").read_text()
    _, _, body = css.partition("/* Text */")
    assert re.findall(r"font(?:-size)?: (?:bold |italic )?[0-9.]+[a-z]+", body) == []


def test_what_each_party_brings_is_told_in_letters_and_by_year(small):
    body = assemble(small).body
    told = [(one.party, one.total, one.spelt, [" ".join(year.split()) for year in one.years])
            for one in pledges(body.sheet)]
    first, second = (one.label for one in body.sheet.financiers[:2])
    assert sorted(told) == sorted([
        (second, 10**14 + 7, "cent mille milliards sept francs CFA",
         ["2031 : 100 000 000 000 000 FCFA", "non réparti : 7 FCFA"]),
        (first, 400_000_000, "quatre cents millions de francs CFA", ["2027 : 400 000 000 FCFA"])])


def test_the_opening_of_a_phase_tells_its_steps_its_roles_and_what_is_decided(dossier, manager):
    """Drawn from the content: states, answers and required pieces, dates, who does what, decisions."""
    calendar.propose(dossier, date(2026, 1, 12), by=manager)
    factories.fill_step(dossier.steps.get(step__code="A1"), manager)
    progress = factories.put(dossier, "A1", State.SUBMITTED, by=manager)
    record(Action.STEP_SUBMIT, "A1", by=manager, negotiation=dossier, progress=progress)
    body = assemble(dossier).body
    first, *others = openings(body)
    assert first.sentence.replace("\u00a0", " ") == "4 étapes : 3 à commencer, 1 soumise."
    assert [(row.step.code, row.answered, row.given) for row in first.rows][0] == ("A1", "5 sur 5", "2 sur 2")
    assert [row.planned for row in first.rows] == [line.planned for line in body.calendar.lines[:4]]
    assert [step.code for step in first.agreed] == ["A1"]
    assert [row.label for row in first.timeline.rows] == ["A1", "A2", "A3", "A4"]
    assert {role.label for role in first.roles} <= {"R", "A", "C", "I"}
    named = ", ".join(role.value for role in first.roles)
    assert [row.name for row in body.roles.rows if row.roles[0] and row.name not in named] == []
    assert [opening.agreed for opening in others] == [()] * 6
