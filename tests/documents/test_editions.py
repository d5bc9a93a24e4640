"""What the PDF of an edition carries (number, code, a QR code that a telephone reads), and that of a draft."""
import subprocess
from datetime import UTC, datetime

import pytest
import zxingcpp
from django.core.management import CommandError, call_command
from PIL import Image

from negotiation.documents.booklet import render
from negotiation.documents.booklet.assembly import assemble
from negotiation.documents.booklet.editions import Imprint
from negotiation.models import Booklet, Negotiation
from negotiation.workflow.negotiations import open_negotiation

from .conftest import make, small_grid

pytestmark = pytest.mark.django_db
IMPRINT = Imprint(3, "K7QF2M9XTR4B", datetime(2027, 3, 1, 12, tzinfo=UTC))
WATERMARK = (242, 230, 218)


@pytest.fixture
def dossier(kayes, manager):
    return open_negotiation(Negotiation(
        region=kayes.region, owner=kayes, grid=small_grid(), title="Contrat-plan 2027-2031", first_year=2027,
        last_year=2031), by=manager)


def picture(path, page, folder, *, dots=110):
    subprocess.run(["pdftoppm", "-r", str(dots), "-png", "-singlefile", "-f", str(page), "-l", str(page), str(path),
                    str(folder / f"page-{page}")], check=True)
    return Image.open(folder / f"page-{page}.png").convert("RGB")


def test_an_edition_carries_its_code_on_its_first_and_last_page(dossier, tmp_path, settings):
    """The QR code is read back from the printed page; the same code and number give the same bytes."""
    settings.SITE_URL = "https://cper.example"
    made = make(assemble(dossier), tmp_path, times=2, edition=IMPRINT)
    assert made.pdf == made.again
    address = "https://cper.example/verification/K7QF-2M9X-TR4B/"
    for page in (1, len(made.pages)):
        read = zxingcpp.read_barcodes(picture(made.path, page, tmp_path))
        assert [(code.text, code.format == zxingcpp.BarcodeFormat.QRCode, code.ec_level) for code in read] == [
            (address, True, "M")]
        said = " ".join(made.pages[page - 1].split())
        for words in ("K7QF-2M9X-TR4B", "cper.example/verification/K7QF-2M9X-TR4B/", "établie le 1er\u00a0mars 2027"):
            assert " ".join(words.split()) in said
    assert "PROJET" not in made.text


def test_a_draft_has_no_number_and_is_crossed_by_its_mark(dossier, tmp_path):
    made = make(assemble(dossier), tmp_path)
    assert "verification" not in made.text
    assert not any("dition 1" in page for page in made.pages)
    for page in range(2, len(made.pages) + 1):
        found = picture(made.path, page, tmp_path, dots=40).getcolors(1_000_000)
        near = sum(count for count, colour in found
                   if all(abs(one - other) <= 2 for one, other in zip(colour, WATERMARK, strict=True)))
        assert near > 500, page


def test_the_commands_establish_then_publish(dossier, capsys, settings, tmp_path):
    settings.VAR = tmp_path
    call_command("freeze_booklet", dossier.slug)
    edition = Booklet.objects.get()
    assert capsys.readouterr().out == (f"Édition 1 établie.\nSHA-256 : {edition.sha256}\n"
                                       f"Code de vérification : {edition.grouped_code}\n")
    with pytest.raises(CommandError, match="n’a pas changé depuis l’édition 1"):
        call_command("freeze_booklet", dossier.slug)
    call_command("publish_booklet", dossier.slug, "1")
    assert Booklet.objects.get().is_current
    assert f"Édition 1 publiée. Code de vérification : {edition.grouped_code}" in capsys.readouterr().out
    with pytest.raises(CommandError, match="n’est plus possible"):
        call_command("publish_booklet", dossier.slug, "1")
    with pytest.raises(CommandError, match="Ce livret n’a pas d’édition 7. Éditions établies : 1"):
        call_command("publish_booklet", dossier.slug, "7")


def test_the_identifier_of_the_file_depends_on_the_code(dossier):
    pages = {render.html(assemble(dossier), Imprint(3, code, IMPRINT.at)) for code in ("0" * 12, "1" * 12)}
    assert len(pages) == 2
