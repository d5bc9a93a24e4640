"""The livret as a Word document: the order of the PDF, real headings and tables, the same bytes for the same words."""
import base64
import io
import json
import re
import zipfile
from datetime import UTC, datetime

import docx
import pytest
from django.urls import reverse
from docx.oxml.ns import qn
from PIL import Image

from negotiation.choices import Role
from negotiation.documents.booklet import word
from negotiation.documents.booklet.assembly import assemble
from negotiation.documents.booklet.content import Content
from negotiation.documents.booklet.editions import Imprint
from negotiation.documents.booklet.outline import chapters
from negotiation.documents.booklet.thawing import thaw
from negotiation.documents.slots import slot
from negotiation.documents.word.writer import Frame, to_docx
from negotiation.files.inspection import inspect
from negotiation.models import FrozenContent
from negotiation.workflow import booklets

from .. import factories
from .conftest import dossier_of_the_whole_grid

IMPRINT = Imprint(3, "K7QF2M9XTR4B", datetime(2027, 3, 1, 12, tzinfo=UTC))
FRAME = Frame("Région", "Projet", "PROJET", 1_700_000_000)


def read(content):
    return docx.Document(io.BytesIO(content))


def made(html, **pictures):
    return read(to_docx(f"<html><head><title>Titre</title></head><body>{html}</body></html>", FRAME, pictures))


def text(document):
    """Every text of the body, in its order, without any space."""
    return "".join("".join(node.text or "" for node in document.element.body.iter(qn("w:t"))).split())


def outline(document):
    return [(one.style.name, plain(one.text)) for one in document.paragraphs
            if one.style.name.startswith(("Heading", "Title"))]


def plain(shown):
    """Without the spaces that typography makes unbreakable."""
    return " ".join(shown.split())


@pytest.fixture(scope="module")
def whole_grid(rolled_back):
    content = rolled_back(dossier_of_the_whole_grid)
    return content, word.docx(content, IMPRINT)


def test_the_same_words_make_the_same_file_and_other_words_another(whole_grid):
    content, file = whole_grid
    assert word.docx(content, IMPRINT) == file
    assert word.docx(content) != file


def test_the_document_is_one_that_the_application_would_take(whole_grid):
    """A whole passive DOCX: no macro, no link to elsewhere, nothing embedded."""
    assert inspect(io.BytesIO(whole_grid[1]), "livret.docx").kind == "docx"


def test_headings_are_those_of_the_pdf_in_its_order(whole_grid):
    """A chapter is a Heading 1, what it holds comes below, and no level is jumped over."""
    content, file = whole_grid
    found = outline(read(file))
    assert found[0] == ("Title", content.body.cover.region)
    expected = [chapter.title for chapter in chapters().values()]
    assert [re.sub(r"^\d+ ", "", title) for style, title in found if style == "Heading 1"] == expected
    steps = [title for style, title in found if style == "Heading 3" and re.match(r"[A-G]\d ", title)]
    assert [title.split(" ")[0] for title in steps] == [step.code for step in content.body.steps]
    phases = [title for style, title in found if style == "Heading 2" and title.startswith("Phase ")]
    assert [title.split(" ")[1] for title in phases] == [phase.code for phase in content.body.phases]


def test_tables_are_tables_whose_header_is_repeated(whole_grid):
    document = read(whole_grid[1])
    assert len(document.tables) > 8
    for table in document.tables:
        heads = [row for row in table._tbl.tr_lst if row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None]
        widths = {sum(int(cell.tcPr.find(qn("w:tcW")).get(qn("w:w"))) for cell in row.tc_lst)
                  for row in table._tbl.tr_lst}
        assert len(heads) <= 1
        assert len(widths) == 1
    obligations = next(table for table in document.tables if len(table.rows) > 100)
    assert [cell.text for cell in obligations.rows[0].cells] == ["Partie", "Engagement", "Échéance", "Mesuré par",
                                                                 "État"]
    assert obligations.rows[110].cells[1].text == "Obligation no 110"


def test_a_state_stands_apart_from_the_title_that_it_follows():
    document = made('<h3><span>1</span>Difficulté, étape B2 <span class="tag"><span aria-hidden="true">?</span>non '
                    'documenté</span></h3><p>Avant <span class="tag">tenue</span></p>')
    assert [plain(one.text) for one in document.paragraphs][:2] == ["1 Difficulté, étape B2 — non documenté",
                                                                     "Avant tenue"]


def test_the_contents_are_a_field_that_lists_the_headings(whole_grid):
    document = read(whole_grid[1])
    assert [node.text.strip() for node in document.element.body.iter(qn("w:instrText"))][0] == r'TOC \o "1-2" \h \z \u'
    listed = [plain(one.text) for one in document.paragraphs if one.style.name in ("toc 1", "toc 2")]
    assert listed == [title for style, title in outline(document) if style in ("Heading 1", "Heading 2")]
    begins, ends = (sum(1 for node in document.element.body.iter(qn("w:fldChar"))
                        if node.get(qn("w:fldCharType")) == kind) for kind in ("begin", "end"))
    assert begins == ends
    named = [node.get(qn("w:name")) for node in document.element.body.iter(qn("w:bookmarkStart"))]
    marks = set(named)
    assert len(marks) == len(named)
    links = {node.get(qn("w:anchor")) for node in document.element.body.iter(qn("w:hyperlink"))}
    assert links - marks == set()


def test_the_file_says_what_it_is(whole_grid):
    content, file = whole_grid
    told = read(file).core_properties
    assert (plain(told.title), told.author, told.language) == (
        f"Livret : {content.body.cover.title}, édition 3", content.body.cover.owner, "fr-FR")
    assert (told.comments, told.last_modified_by, int(told.modified.replace(tzinfo=UTC).timestamp())) == (
        "", "", content.changed_at)
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        names, styles = package.namelist(), package.read("word/styles.xml").decode()
    assert 'w:lang w:val="fr-FR"' in styles
    assert [name for name in names if "thumbnail" in name or "vba" in name] == []


@pytest.mark.django_db
def test_an_edition_has_its_code_and_a_draft_its_mark(whole_grid):
    content, file = whole_grid
    edition, draft = read(file), read(word.docx(content))
    assert "K7QF-2M9X-TR4B" in text(edition)
    assert "Édition 3, code K7QF-2M9X-TR4B" in edition.sections[0].footer.paragraphs[0].text
    assert "PROJET" not in edition.sections[0].header.paragraphs[0].text
    pictures = list(edition.element.body.iter(qn("wp:docPr")))
    assert [one.get("descr") for one in pictures] == [f"Code à photographier\u00a0: {IMPRINT.address}"] * 2
    assert "PROJET" in draft.sections[0].header.paragraphs[0].text
    assert 'string="PROJET"' in draft.sections[0].header._element.xml
    assert list(draft.element.body.iter(qn("wp:docPr"))) == []


def test_frozen_content_gives_the_livret_back(whole_grid):
    content, file = whole_grid
    again = thaw(json.loads(content.text))
    assert again == content
    assert word.docx(again, IMPRINT) == file


def test_an_older_content_lacks_what_was_added_since(whole_grid):
    data = json.loads(whole_grid[0].text)
    del data["body"]["positions"], data["body"]["difficulties"][0]["owner"], data["body"]["plan"]["rules"]
    data["body"]["no longer told"] = ["x"]
    older = thaw(data)
    assert isinstance(older, Content)
    assert (older.body.positions, older.body.difficulties[0].owner, older.body.plan.rules) == ((), "", ())
    assert read(word.docx(older)).paragraphs
    with pytest.raises(ValueError, match="not a livret"):
        thaw({"body": []})


def test_what_touches_on_a_page_is_two_words_here():
    document = made('<h2><span>1</span>Fiche</h2><p>3 mars<span>séance</span> (<b>prévu</b>), suite</p>'
                    '<div class="run-in"><b>Effet.</b> <p>Retard.</p><p>Puis rien.</p></div>')
    assert [one.text for one in document.paragraphs] == ["1 Fiche", "3 mars séance (prévu), suite", "Effet. Retard.",
                                                         "Puis rien."]
    assert [one.text for one in document.paragraphs[1].runs if one.bold] == ["prévu"]


def test_blanks_lines_and_ornaments():
    document = made('  <p>un\n   deux<br>trois\u00a0; \u200bquatre</p>\n<p> </p>'
                    '<p><span aria-hidden="true">✓</span>fait</p>'
                    "<script>non</script><style>non</style><!-- non -->reste")
    assert [one.text for one in document.paragraphs] == ["un deux\ntrois\u00a0; quatre", "fait", "reste"]


def test_spans_of_cells():
    document = made('<table><colgroup><col class="w-20"><col></colgroup><thead><tr><th>A</th><th>B</th></tr></thead>'
                    '<tbody><tr><th rowspan="2">x</th><td>1</td></tr><tr><td class="number">2</td></tr>'
                    '<tr class="group"><th colspan="2">Tout</th></tr></tbody></table>')
    table, = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["A", "B"], ["x", "1"], ["x", "2"], ["Tout", "Tout"]]
    assert [int(one.get(qn("w:w"))) for one in table._tbl.tblGrid] == [1872, 7488]
    assert table.rows[2].cells[1].paragraphs[0].alignment == 2


@pytest.mark.parametrize("html", [
    '<table><tr><td rowspan="65534" colspan="65534">x</td></tr></table>', "<table></table>", "<table><tr></tr></table>",
    "<div>" * 150 + "x" + "</div>" * 150, "<ul><li>x<ul><li>y</li></ul></li></ul>", "",
    "<p>&lt;w:p&gt; &amp; ]]&gt;</p>",
    '<img src="data:image/png;base64,???" alt="x">', '<img src="https://ailleurs.example/x.png" alt="x">',
    "<p>\x01\ufffe x</p>", "<h2>a</h2>" * 300, "<p>x<p>y<table><tr><td>z<table><tr><td>t</table></table>"])
def test_a_strange_page_still_makes_a_document(html):
    document = made(html)
    assert read(to_docx(f"<html><body>{html}</body></html>", FRAME)).element.xml == document.element.xml


def test_pictures_are_kept_with_their_words_and_drawings_are_told():
    file = io.BytesIO()
    Image.new("RGB", (10, 10), "red").save(file, "PNG")
    address = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    document = made(f'<p><img src="{address}" alt="Emblème"></p><p><img src="x:1" alt="Code"></p>'
                    '<svg aria-label="Parts"><title>Parts : État 80 %</title><text>80</text></svg>',
                    **{"x:1": file.getvalue()})
    assert [one.get("descr") for one in document.element.body.iter(qn("wp:docPr"))] == ["Emblème", "Code"]
    assert document.paragraphs[-1].text == "Figure\u00a0: Parts : État 80 %."


def test_what_is_written_from_right_to_left_stays_so():
    document = made("<p>محمد</p><p>Mohamed</p>")
    assert [one._p.find(f"{qn('w:pPr')}/{qn('w:bidi')}") is not None for one in document.paragraphs] == [True, False]


def test_wide_parts_are_on_their_side():
    document = made('<p>a</p><section class="wide"><p>b</p></section><p>c</p>')
    assert [(one.orientation, one.page_width > one.page_height) for one in document.sections] == [
        (0, False), (1, True), (0, False)]
    assert all(one.header.paragraphs[0].text.startswith("Région") for one in document.sections)
    wide = '<section class="chapter wide"><h2>b</h2></section>'
    assert [one.orientation for one in made(f'<p>a</p>{wide}{wide}<section class="wide"></section>').sections] == [
        0, 1, 1, 0]


@pytest.fixture
def published(dossier, manager, settings, tmp_path):
    settings.VAR = tmp_path / "var"
    return factories.published(dossier, manager)


def test_the_draft_and_an_edition_are_given_where_the_pdf_is(published, dossier, sign_in, manager, client):
    client = sign_in(manager)
    for name, arguments, file in (("booklet_docx", [], "projet"), ("edition_docx", [1], "edition-1"),
                                  ("published_docx", [1], "edition-1")):
        response = client.get(reverse(name, args=[dossier.slug, *arguments]))
        assert response.headers["Content-Disposition"] == f'attachment; filename="livret-{dossier.slug}-{file}.docx"'
        assert read(b"".join(response)).core_properties.title.startswith("Livret")


def test_an_edition_says_what_it_said_whatever_the_dossier_becomes(published, dossier, client):
    address = reverse("published_docx", args=[dossier.slug, 1])
    before = b"".join(client.get(address))
    dossier.title = "Autre titre"
    dossier.save()
    assert b"".join(client.get(address)) == before
    assert "Autre titre" not in read(before).core_properties.title
    assert assemble(dossier).body.cover.title == "Autre titre"


def test_a_withdrawn_edition_is_not_given_nor_one_that_is_not_published(published, dossier, manager, client, sign_in):
    established = factories.established(dossier, manager, "suite")
    assert client.get(reverse("published_docx", args=[dossier.slug, established.number])).status_code == 404
    booklets.withdraw(published, "Une erreur.", by=manager)
    assert client.get(reverse("published_docx", args=[dossier.slug, 1])).status_code == 410
    signed_in = sign_in(manager)
    assert signed_in.get(reverse("edition_docx", args=[dossier.slug, 1])).url == reverse(
        "published_edition", args=[dossier.slug, 1])
    assert signed_in.get(reverse("edition_docx", args=[dossier.slug, 2])).status_code == 200
    assert FrozenContent.objects.count() == 2


def test_a_stranger_has_no_draft(published, dossier, sign_in):
    stranger = factories.member(factories.council("mopti"), Role.MANAGER)
    assert sign_in(stranger).get(reverse("booklet_docx", args=[dossier.slug])).status_code == 404


def test_when_too_many_are_being_made_the_page_says_so(published, dossier, manager, client, sign_in, settings):
    """Nothing is lost: the page of the livret, or one of a public address, asks to come back."""
    with slot(settings.VAR / "renders", count=2, wait=0, name="word-"), \
            slot(settings.VAR / "renders", count=2, wait=0, name="word-"):
        public = client.get(reverse("published_docx", args=[dossier.slug, 1]))
        draft = sign_in(manager).get(reverse("booklet_docx", args=[dossier.slug]))
    assert [(one.status_code, one["Retry-After"], "Réessayez dans une minute" in one.content.decode())
            for one in (public, draft)] == [(503, "60", True)] * 2
