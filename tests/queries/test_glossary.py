"""Terms explained in place: once a page, whole words, never inside an address, always escaped."""
import pytest
from django.template import Context, Template

from negotiation.models import Term
from negotiation.queries.glossary import Terms, key, terms

ADR = Term(term="ADR", slug="adr", expansion="Agence de développement régional",
           aliases=["agence de développement régional"])
COUNCIL = Term(term="Conseil régional", slug="cr", definition="Organe délibérant.",
               aliases=["CR", "conseils régionaux"])
CT = Term(term="Collectivité territoriale", slug="ct", definition="Entité autonome.",
          aliases=["collectivités territoriales"])
CPER = Term(term="CPER/D", slug="cper", expansion="Contrat-plan", aliases=["CPER"])
COMMITTEE = Term(term="Comité de suivi des CPER/D", slug="comite", definition="Instance nationale.")
BUDGET = Term(term="BSI", slug="bsi", expansion="Budget spécial", definition="Budget de l’État.")
DGCT = Term(term="DGCT", slug="dgct", expansion="Direction générale des Collectivités territoriales")
ALL = [ADR, COUNCIL, CT, CPER, COMMITTEE, BUDGET, DGCT]


def found(text, page=None):
    return [(piece, meaning) for piece, meaning in (page or Terms(ALL)).pieces(text) if meaning]


def shown(text, page):
    return Template("{% load glossary %}{% explain text terms %}").render(Context({"text": text, "terms": page}))


@pytest.mark.parametrize(("text", "expected"), [
    ("L’ADR appuie.", ["ADR"]), ("l'ADR", ["ADR"]), ("(ADR)", ["ADR"]), ("ADR-Kayes", ["ADR"]),
    ("CADRE, ADRAR, adr, DADR", []), ("https://amap.ml/ADR amap.ml/ADR x@ADR.ml", []),
    ("le conseil régional", ["conseil régional"]), ("CONSEIL RÉGIONAL", []),
    ("Conseils régionaux", ["Conseils régionaux"]),
    ("sous-conseil régional", []), ("Conseil\u00a0régional", ["Conseil\u00a0régional"]),
    ("le comité de suivi des CPER/D", ["comité de suivi des CPER/D"]), ("un CPER, des CPER/D", ["CPER"]),
    ("", []),
])
def test_terms_are_whole_words(text, expected):
    assert [piece for piece, _ in found(text)] == expected


@pytest.mark.parametrize("run", [
    "x" * 20_000, "a-" * 10_000, "x." * 10_000, "a.b-c." * 3_300, "a@" * 10_000, "." * 20_000, "a.mlx" * 4_000])
def test_a_run_without_a_space_is_read_once(run):
    """A search starting again from every character would take seconds; what surrounds the run is found all the same."""
    assert found(f"ADR {run} CR") == [("ADR", "Agence de développement régional"),
                                      ("CR", "Conseil régional — Organe délibérant.")]
    assert found(f"{run}@ADR.ml {run}a.ml/ADR") == []


def test_an_address_is_whole_wherever_it_starts():
    assert found("voir...amap.ml/ADR (amap.ml/ADR) <x@ADR.ml> l’adresse:x@ADR /amap.ml/ADR -amap.ml/ADR") == []
    assert [piece for piece, _ in found("..ADR")] == ["ADR"]


def test_a_form_gets_the_meaning_it_lacks():
    assert found("ADR") == [("ADR", "Agence de développement régional")]
    assert found("CR") == [("CR", "Conseil régional — Organe délibérant.")]
    assert found("BSI") == [("BSI", "Budget spécial — Budget de l’État.")]
    assert found("Budget spécial") == [("Budget spécial", "Budget de l’État.")]


def test_a_name_in_full_is_one_name_and_needs_no_sigle():
    """Nothing to add to « agence de développement régional »; the sigle that follows is explained."""
    assert found("L’agence de développement régional (ADR)") == [("ADR", "Agence de développement régional")]
    assert found("Direction générale des Collectivités territoriales") == []


def test_a_term_is_explained_once_a_page():
    page = Terms(ALL)
    assert len(found("ADR et ADR", page)) == 1
    assert found("ADR, CPER/D", page) == [("CPER/D", "Contrat-plan")]
    assert found("CPER", page) == []
    assert len(found("ADR")) == 1


def test_the_text_comes_back_whole():
    text = "L’ADR, le Conseil régional et la DGCT : voir https://amap.ml/ADR."
    assert "".join(piece for piece, _ in Terms(ALL).pieces(text)) == text


def test_without_terms_nothing_is_explained():
    assert list(Terms([]).pieces("ADR")) == [("ADR", "")]
    assert shown("ADR & co", None) == "ADR &amp; co"


def test_explain_escapes_and_spaces():
    evil = Term(term="ADR", slug="adr", expansion="<b>Agence</b> seule : une")
    assert shown("<i>ADR</i> utile ?", Terms([evil])) == (
        '&lt;i&gt;<span class="term" tabindex="0">ADR<span class="tip" role="note">&lt;b&gt;Agence&lt;/b&gt; '
        'seule\u00a0: une</span></span>&lt;/i&gt; utile\u202f?')


def test_explain_escapes_a_string_marked_safe():
    assert Template("{% load glossary %}{% explain text|safe terms %}").render(
        Context({"text": "<script>", "terms": Terms([])})) == "&lt;script&gt;"


def test_the_terms_of_a_page_are_one_query(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        page = terms()
        assert dict(found("Le PDSEC et la DGCT", page)) == {
            "PDSEC": "Programme de développement économique, social et culturel",
            "DGCT": "Direction générale des Collectivités territoriales"}


def test_every_term_of_the_glossary_is_found_by_each_of_its_forms(db):
    """Alone in a text, each form names its own term: no longer form of another term takes its place."""
    page = terms()
    for row in Term.objects.all():
        for form in (row.term, *row.aliases):
            assert page.pattern.fullmatch(form), form
            assert page.meanings[key(form)][0] == row.term, form
