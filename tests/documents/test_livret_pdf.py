"""The PDF of the livret: what a reader, a screen reader and an archivist find in it."""
import io
import re

import pikepdf
import pytest

from negotiation import money
from negotiation.documents.booklet import render
from negotiation.documents.booklet.outline import chapters
from negotiation.models import Phase, Step

from .conformance import faults
from .conftest import CARDS, LETTERS, ROWS

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def document(livret):
    return pikepdf.open(io.BytesIO(livret.pdf))


def bare(text):
    return "".join(text.split())


def test_every_chapter_and_every_step_is_there(livret):
    titles = [chapter.title for chapter in chapters().values()]
    titles += Step.objects.values_list("title", flat=True)
    assert [title for title in titles if bare(title) not in livret.bare] == []


def test_accents_and_malian_letters_are_text(livret):
    assert bare(LETTERS) in livret.bare
    assert "Réunion d’été à Kéniéba" in livret.text


def test_amounts_are_written_to_the_franc(livret):
    assert bare(money.format(123_456_789)) in livret.bare


def test_the_calendar_is_drawn_and_told(livret, document):
    """The 28 steps in the table, and the drawing as a figure whose words are those of the page."""
    calendar = livret.content.body.calendar
    assert len(calendar.lines) == 28
    assert [one for one in calendar.lines if bare(one.planned) not in livret.bare] == []
    alternatives = [str(o["/Alt"]) for o in document.objects if isinstance(o, pikepdf.Dictionary) and "/Alt" in o]
    assert [one for one in alternatives if one.startswith("Calendrier du 10")] != []


def test_contents_give_the_pages_where_things_are(livret):
    """The number printed beside each title in the contents is the page where its heading stands."""
    contents = next(page for page in livret.pages if page.lstrip().startswith("Région") and "Sommaire" in page)
    lines = re.findall(r"^ *([A-G][1-9]|[0-9]{1,2}) +(\S.*?) {3,}([0-9]+)$", contents, re.M)
    assert ("..." in contents, len(lines)) == (False, 15 + 28)
    for code, title, number in lines:
        assert bare(title) in bare(livret.pages[int(number) - 1]), (code, title, number)


def outline(document):
    """[(title, page number)] of every bookmark, in order."""
    found, numbers = [], {page.obj.objgen: number for number, page in enumerate(document.pages, 1)}

    def walk(items):
        for item in items:
            page = item.destination[0] if item.destination is not None else item.action.D[0]
            found.append((item.title.replace("\u00a0", " "), numbers[page.objgen]))
            walk(item.children)

    with document.open_outline() as root:
        walk(root.root)
    return found


def test_bookmarks_lead_to_the_pages_of_the_contents(livret, document):
    found = outline(document)
    titles = [bare(title) for title, _ in found]
    assert titles[:3] == ["Couverture", "Sommaire", bare("Fiche d’identité")]
    steps = [bare(f"{step.code}{step.title}") for step in Step.objects.order_by("code")]
    assert [title for title in titles if re.match("[A-G][1-9]", title)] == steps
    wrong = [title for title, number in found if title != "Couverture"
             and bare(title.split(":")[-1]) not in bare(livret.pages[number - 1])]
    assert wrong == []


def test_metadata_language_and_tags(livret, document):
    assert document.Root.Lang == "fr"
    assert document.Root.MarkInfo.Marked
    assert document.Root.ViewerPreferences.DisplayDocTitle
    assert str(document.docinfo["/Title"]) == "Livret\u00a0: Contrat-plan 2040-2044 (projet)"
    assert str(document.docinfo["/Author"]) == "Conseil régional de Kayes"
    assert "Exercice fictif" in str(document.docinfo["/Subject"])
    with document.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert "Livret" in metadata["dc:title"]


def test_our_own_checker_finds_no_fault(livret):
    assert faults(livret.pdf) == []


def test_fonts_are_embedded_and_give_their_text_back(document):
    fonts = [o for o in document.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/Font"]
    descriptors = [o for o in document.objects if isinstance(o, pikepdf.Dictionary)
                   and o.get("/Type") == "/FontDescriptor"]
    assert fonts
    assert [d for d in descriptors if not any(k in d for k in ("/FontFile", "/FontFile2", "/FontFile3"))] == []
    assert [f for f in fonts if f.get("/Subtype") == "/Type0" and "/ToUnicode" not in f] == []


def test_nothing_in_the_file_acts_or_opens_anything(document):
    keys = {key for o in document.objects if isinstance(o, pikepdf.Dictionary) for key in o.keys()}  # noqa: SIM118
    assert keys & {"/JS", "/JavaScript", "/OpenAction", "/AA", "/Launch"} == set()


def test_headers_of_a_long_table_repeat_on_each_page(livret):
    pages = [page for page in livret.pages if re.search(r"Obligation no [0-9]", page)]
    assert len(pages) >= 3
    assert [page for page in pages if not re.search(r"Partie +Engagement +Échéance +Mesuré par +État", page)] == []
    assert len(set(re.findall(r"Obligation no ([0-9]+)", livret.text))) == ROWS


def test_each_page_says_where_it_is_and_what_it_is_worth(livret):
    total = len(livret.pages)
    for number, page in enumerate(livret.pages[1:], 2):
        foot = page.rstrip().splitlines()[-1]
        assert re.search(rf"Exercice fictif +PROJET +{number} / {total}$", foot), foot
        assert "Région de Kayes, 2040-2044" in page.lstrip().splitlines()[0]
    assert "Exercice fictif" in livret.pages[0]
    assert "Projet" in livret.pages[0]


def test_the_header_names_the_chapter_or_the_step_a_page_begins_in(livret, document):
    """Above the title of a chapter, nothing; above that of a phase, the chapter of the grid; of a step, its phase."""
    running = {title: title for title in (chapter.title for chapter in chapters().values())}
    running |= {f"{step.code} {step.title}": f"{step.code} · {step.title}" for step in Step.objects.all()}
    phases = {phase.code: f"Phase {phase.code} : {phase.title}" for phase in Phase.objects.all()}
    begun = [(title, page) for title, page in outline(document) if title in running or title.startswith("Phase ")]
    wrong = []
    for number, page in enumerate(livret.pages[1:], 2):
        head, first, *_ = [" ".join(line.split()) for line in page.splitlines() if line.strip()]
        before = [running.get(title, title) for title, at in begun if at < number] or ["Sommaire"]
        expected = before[-1]
        if first == "Sommaire" or first.startswith("Chapitre "):
            expected = ""
        elif re.fullmatch(r"(Phase )?[A-G]", first):
            expected = "La grille, étape par étape"
        elif re.fullmatch(r"[A-G][1-9] .*", first):
            expected = phases[first[0]]
        if head.replace("\u00a0", " ") != f"Région de Kayes, 2040-2044 {expected}".strip():
            wrong.append((number, head, expected))
    assert wrong == []


def test_a_card_is_not_cut_from_its_title(livret):
    """Each difficulty stands whole on one page."""
    cut = [number for number in range(1, CARDS + 1) if not any(
        f"Début de la fiche {number}." in page and f"Fin de la fiche {number}." in page for page in livret.pages)]
    assert cut == []


def test_no_page_ends_with_a_heading(livret):
    headings = {bare(chapter.title) for chapter in chapters().values()}
    headings |= {bare(h) for h in ("Plan de financement", "Questions et réponses", "Pièces", "Financeurs et parts")}
    last = [bare(page.rstrip().splitlines()[:-1][-1]) if page.count("\n") > 3 else "" for page in livret.pages]
    assert [line for line in last if line in headings] == []


def test_the_same_dossier_makes_the_same_bytes(livret):
    assert livret.pdf == livret.again


def test_french_spaces_are_in_the_text(livret):
    page = render.html(livret.content)
    assert "note d’application\u202f?" in page
    assert "grille méthodologique «\u00a0" in page
    assert "Phase A\u00a0:" in page
    assert not re.search(r"\s[,.](?=\s)", re.sub(r"<[^>]*>", "", page))
    assert not re.search(r"[\w»)] [:;!?»](?=[\s<])|« \w", page)
