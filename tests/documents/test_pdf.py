"""The PDF engine in its child process: it fetches nothing, ends in time, and its refusals are French sentences."""
import http.server
import subprocess
import threading

import pikepdf
import pytest

from negotiation.choices import Role
from negotiation.documents import pdf
from negotiation.documents.booklet.assembly import assemble
from negotiation.documents.booklet.render import STYLESHEETS
from negotiation.documents.slots import Busy, slot
from negotiation.models import (
    Actor,
    Answer,
    Difficulty,
    Document,
    Event,
    Negotiation,
    Obligation,
    Project,
    Representative,
)
from negotiation.workflow.negotiations import open_negotiation

from .. import factories
from .conftest import make, pages_of, small_grid
from .hostile import fragments

PAGE = '<!doctype html><html lang="fr"><head><title>Essai</title></head><body>{}</body></html>'
SECRET = "CECI-EST-UN-SECRET"
NASTY = {
    "one word": "a" * 20_000, "short words": "a " * 10_000, "lines": "a\n" * 10_000, "wide": "Ɲ" * 20_000,
    "spaces": "x" + "\u00a0" * 19_000 + "y", "tags": "<b><i>" * 3_300, "accents": "e\u0301" * 10_000,
    "joined": "a\u200d" * 10_000, "arabic": "\u0645\u0631\u062d\u0628\u0627 " * 3_300, "quotes": "« : ; ! ? » " * 1_600,
}


@pytest.fixture(scope="module")
def hits():
    """A local server and the list of the paths it was asked for."""
    found = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):  # noqa: N802
            found.append(self.path)
            if self.path == "/redirect":
                self.send_response(302)
                self.send_header("Location", "/redirected")
            else:
                self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            """Silent."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", found
    server.shutdown()


@pytest.fixture(scope="module")
def secret(tmp_path_factory):
    path = tmp_path_factory.mktemp("secret") / "secret.svg"
    path.write_text(f"<svg xmlns='http://www.w3.org/2000/svg' width='99' height='99'><text y='9'>{SECRET}</text></svg>")
    return path


def leaks(path):
    """Whether the secret shows as text or hides in any stream of the PDF."""
    with pikepdf.open(path) as document:
        streams = b"".join(o.read_bytes() for o in document.objects
                           if isinstance(o, pikepdf.Stream) and "/FontFile2" not in o)
    return SECRET in "".join(pages_of(path)) or SECRET.encode() in streams


def test_hostile_html_given_to_the_engine_fetches_nothing(hits, secret, tmp_path):
    address, found = hits
    hostile = fragments(address, secret)
    assert len(hostile) == 28
    path = tmp_path / "hostile.pdf"
    path.write_bytes(pdf.to_pdf(PAGE.format("".join(f"<div>{one}</div>" for one in hostile)), [], seconds=120))
    assert found == []
    assert not leaks(path)


def test_what_cannot_stay_together_breaks_and_is_laid_out_all_the_same(tmp_path):
    """WeasyPrint gives up on groups of rows that hold one another over more than a page."""
    style = "<style>tbody { break-inside: avoid } tbody + tbody { break-before: avoid } td { padding: 9pt }</style>"
    rows = "".join(f"<tr><td>ligne {number}</td></tr>" for number in range(100))
    groups = "<thead><tr><th>Titre</th></tr></thead>" + f"<tbody>{rows}</tbody>" * 3
    path = tmp_path / "whole.pdf"
    path.write_bytes(pdf.to_pdf(PAGE.format(f"{style}<table>{groups}</table>"), []))
    told = "".join(pages_of(path))
    assert [told.count(f"ligne {number}\n") for number in range(100)] == [3] * 100


@pytest.fixture(scope="module")
def attacked(rolled_back, hits, secret, tmp_path_factory):
    """A livret whose every text field holds the fragments, and some a nasty text of twenty thousand characters."""
    text = " ".join(fragments(hits[0], secret))
    return make(rolled_back(lambda: attacked_dossier(text)), tmp_path_factory.mktemp("attacked"))


def attacked_dossier(text):
    council = factories.council("kayes")
    manager = factories.member(council, Role.MANAGER)
    dossier = open_negotiation(Negotiation(
        region=council.region, owner=council, grid=small_grid(), title="x", first_year=2040, last_year=2044),
        by=manager, prefill=False)
    nasty = list(NASTY.values())
    dossier.title, dossier.origin_note, dossier.announced_source = text[:200], text, text[200:500]
    dossier.save()
    progress = dossier.steps.get(step__code="A1")
    actor = Actor.objects.create(negotiation=dossier, name=text[:200], acronym=text[:40], side="state", financier=True)
    Representative.objects.create(actor=actor, function=text[300:500], name=text[500:650])
    Project.objects.create(negotiation=dossier, name=text[:200], problem=text, beneficiaries=nasty[0], site=text[:300])
    Obligation.objects.create(negotiation=dossier, party=actor, what=nasty[3], indicator=text[:300])
    Event.objects.create(negotiation=dossier, date="2040-01-01", kind="meeting", title=text[:200], place=text[300:500],
                         participants=nasty[1], decisions=text, source=text[:300])
    for kind, value in zip(("what", "effect", "remedy", "lesson"), (nasty[2], nasty[4], nasty[6], text), strict=True):
        Difficulty.objects.create(negotiation=dossier, family="human", **{"what": "x", kind: value})
    for question, value in zip(progress.step.questions.all(), (*nasty[5:], text), strict=False):
        Answer.objects.create(progress=progress, question=question, text=value, saved_by=manager)
    Document.objects.create(progress=progress, title=text[:200], waiver=text[:300])
    return assemble(dossier)


@pytest.mark.django_db
def test_hostile_texts_in_a_dossier_are_words_and_fetch_nothing(hits, attacked):
    assert hits[1] == []
    assert not leaks(attacked.path)
    assert "<imgsrc=" in attacked.bare.replace("”", '"')
    with pikepdf.open(attacked.path) as document:
        keys = {key for o in document.objects if isinstance(o, pikepdf.Dictionary) for key in o.keys()}  # noqa: SIM118
    assert not keys & {"/EmbeddedFiles", "/EF"}


@pytest.mark.django_db
def test_nasty_texts_of_twenty_thousand_characters_are_laid_out(attacked):
    """The very limits of the product hold: to_pdf raises beyond its address space."""
    assert len(attacked.pages) < 150
    assert attacked.bare.count("Ɲ") >= 20_000


def test_a_page_that_takes_too_long_is_stopped():
    with pytest.raises(pdf.PdfLate, match="n’a pas pu être mis en page en 2 secondes : la machine est occupée"):
        pdf.to_pdf(PAGE.format("<p>" + "<span>a</span> " * 60_000), [], seconds=2)


def test_a_busy_machine_has_twice_the_time_of_the_work_before_anybody_is_refused():
    assert (pdf.SECONDS, pdf.PATIENT_SECONDS) == (2 * pdf.PROCESSOR_SECONDS, 3 * pdf.PROCESSOR_SECONDS)


def test_work_is_bounded_apart_from_waiting():
    """A second of processor is not enough, however long the caller waits; the refusal says what to do."""
    with pytest.raises(pdf.PdfError, match="de 1 secondes de calcul.*Réessayez.*commande « booklet ».*raccourcissez"):
        pdf.to_pdf(PAGE.format("<p>" + "<span>a</span> " * 60_000), [], processor=1)


def test_a_page_that_takes_too_much_memory_is_stopped():
    with pytest.raises(pdf.PdfError, match="mémoire|mis en page"):
        pdf.to_pdf(PAGE.format("<p>mot"), [], memory=100 * 1024 * 1024)


def test_the_child_sees_no_secret_of_the_environment(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "x")
    seen, start = {}, subprocess.Popen

    def popen(*args, **options):
        seen.update(options)
        return start(*args, **options)

    monkeypatch.setattr(pdf.subprocess, "Popen", popen)
    pdf.to_pdf("<p>x", [])
    assert set(seen["env"]) <= {*pdf.INHERITED, "SOURCE_DATE_EPOCH", "PYTHONHASHSEED", "TZ"}


def test_a_child_told_to_stop_at_its_birth_ends_its_work(monkeypatch):
    start = pdf.started

    def started(environment):
        child = start(environment)
        child.terminate()
        return child

    monkeypatch.setattr(pdf, "started", started)
    assert pdf.to_pdf("<p>x", []).startswith(b"%PDF-")


@pytest.mark.parametrize("url", [
    "app:../cper/settings.py", "app:/etc/passwd", "app:css/../../manage.py", "app:css/absent.css", "app:css",
    "app:js/site.js", "app:%2e%2e/manage.py"])
def test_only_our_own_static_files_are_served(url):
    with pytest.raises(ValueError, match="not a file of ours"):
        pdf.own_file(url)


def test_our_own_stylesheet_is_served():
    assert pdf.own_file("app:css/booklet.css").name == "booklet.css"


def test_headings_repeat_beside_a_row_longer_than_a_page(tmp_path):
    table = ('<table class="grid-table"><thead><tr><th scope="col">ENTÊTE</th></tr></thead>'
             f'<tbody><tr><td>a</td></tr><tr class="long"><td>{"mot de texte " * 1_000}</td></tr></tbody></table>')
    path = tmp_path / "long.pdf"
    path.write_bytes(pdf.to_pdf(PAGE.format(table), STYLESHEETS, seconds=120))
    pages = pages_of(path)
    assert len(pages) >= 3
    assert [page for page in pages if "ENTÊTE" not in page] == []


def test_at_most_two_renders_at_once(tmp_path):
    third = slot(tmp_path, count=2, wait=0)
    with slot(tmp_path, count=2, wait=0), slot(tmp_path, count=2, wait=0), \
            pytest.raises(Busy, match="en préparation sur cette machine"):
        third.__enter__()
    with slot(tmp_path, count=2, wait=0), slot(tmp_path, count=2, wait=0):
        """Both are free again."""
