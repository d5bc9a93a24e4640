"""The public pages of reference: complete, open to all, light, at a constant price."""
import gzip
import re

import pytest
from django.urls import reverse

from negotiation.models import (
    Grid,
    GridActor,
    KnownDifficulty,
    Phase,
    Question,
    Region,
    Source,
    Step,
    StepDifficulty,
    Term,
    Text,
)

from .. import factories

pytestmark = pytest.mark.django_db
# The queries of each page, whatever the number of rows.
PRICE = {"home": 3, "grid": 4, "grid_actors": 5, "known_difficulties": 2, "glossary": 1, "sources": 3, "regions": 1}
SHEET = 10
HEAVIEST = 14_000


def page(client, name, *args):
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return response.content.decode()


def words(html):
    """The text of a page, as it is read: tags out, explanations out, French spaces made plain."""
    html = re.sub(r'<span class="tip".*?</span>', "", html)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", html)).replace("&#x27;", "'")


def plain(text):
    return re.sub(r"\s+", " ", str(text))


def told(html, text):
    return plain(text).replace(" ", "") in words(html).replace(" ", "")


@pytest.mark.parametrize(("name", "price"), PRICE.items())
def test_a_page_costs_the_same_for_more_rows(client, django_assert_num_queries, name, price):
    with django_assert_num_queries(price):
        page(client, name)
    Region.objects.create(slug="nouvelle", kind="region", name="Nouvelle", capital="Nouvelle", code_ct="99",
                          code_ca="99", origin=Region.objects.first())
    Source.objects.create(code="S99", origin="mali", label="Nouvelle", url="https://exemple.example/")
    Term.objects.create(slug="nouveau", term="Nouveau", definition="Un terme.")
    GridActor.objects.create(code="nouveau", name="Nouveau", side="state", matrix_order=99)
    KnownDifficulty.objects.create(code="Z9", family="human", text="Nouvelle", evidence="direct", remedy="Un remède",
                                   remedy_status="proposed")
    with django_assert_num_queries(price):
        page(client, name)


@pytest.mark.parametrize("name", PRICE)
def test_a_page_is_light(client, name):
    assert len(gzip.compress(page(client, name).encode(), 9)) < HEAVIEST


def test_every_step_has_a_light_sheet_at_a_constant_price(client, django_assert_num_queries):
    for step in Step.objects.all():
        with django_assert_num_queries(SHEET):
            html = page(client, "step_sheet", step.code)
        assert len(gzip.compress(html.encode(), 9)) < HEAVIEST


def test_pages_are_for_reading_only(client):
    assert {client.post(reverse(name)).status_code for name in PRICE} == {405}


def test_home_says_for_whom_and_how(client):
    html = page(client, "home")
    for text in ("Les Régions et le District de Bamako", "La DGCT", "Les partenaires", "version de travail"):
        assert text in html
    for phase in Phase.objects.all():
        assert f'href="/grille/#phase-{phase.code}"' in html
        assert told(html, phase.title)
    assert 'href="/connexion/"' in html


def test_home_leads_a_signed_in_person_to_their_tasks(sign_in, editor):
    assert '<a class="button" href="/taches/">Mes tâches</a>' in sign_in(editor).get("/").content.decode()


def test_grid_holds_every_phase_and_step(client):
    html = page(client, "grid")
    grid = Grid.objects.get()
    assert told(html, grid.title)
    assert told(html, grid.note)
    for phase in Phase.objects.all():
        assert f'id="phase-{phase.code}"' in html
        for text in (phase.title, phase.goal, phase.lead, phase.duration, phase.inputs, phase.outputs,
                     phase.difficulties, phase.measures, phase.other_actors):
            assert told(html, text), text
    for step in Step.objects.all():
        assert f'href="/grille/{step.code}/"' in html
        assert told(html, step.title)
        assert told(html, step.objective)


def test_grid_says_once_that_a_duration_is_one(client):
    text = words(page(client, "grid"))
    assert (text.count("Durée indicative&nbsp;: "), text.count("Durée du contrat : 4 à 5 ans.")) == (6, 1)


def test_grid_says_where_each_duration_comes_from(client):
    """That of the contract is attested; the others are ours, and named in the sheet with their sources."""
    statuses = dict(Phase.objects.values_list("code", "duration_status"))
    assert statuses == dict.fromkeys("ABCDEG", "proposed") | {"F": "sourced"}
    found = re.findall(r'phase-(.)".*?<p class="small">Chef de file.*?source--(\w+)', page(client, "grid"), re.S)
    assert dict(found) == statuses


def test_grid_leads_to_what_surrounds_it_from_its_top(client):
    top = page(client, "grid").partition("phase-A")[0]
    found = re.search(r'<nav class="beside".*?</nav>', top, re.S).group()
    assert re.findall(r'href="([^"]*)"', found) == [
        reverse(name) for name in ("grid_actors", "known_difficulties", "sources", "regions")]


def test_a_sheet_tells_the_approval_from_the_validation(client, sign_in, editor, dossier):
    sentence = "elle ne remplace pas la décision de l’autorité de validation"
    assert sentence in page(client, "step_sheet", "A4")
    assert sentence in sign_in(editor).get(reverse("step", args=[dossier.slug, "A4"])).content.decode()


def test_grid_explains_the_three_statuses(client):
    html = page(client, "grid")
    for status in ("sourcé", "comparatif", "proposé"):
        assert f">{status}<" in html


def test_a_sheet_holds_everything_of_its_step(client):
    for step in Step.objects.select_related("phase"):
        html = page(client, "step_sheet", step.code)
        parts = [step.title, step.objective, step.duration, step.validation, step.source_note,
                 *(actor.name for actor in step.actors.all()), *(q.text for q in step.questions.all()),
                 *(d.name for d in step.documents.all()), *(point.text for point in step.attention.all()),
                 *(known.difficulty for known in step.difficulties.all()),
                 *(known.measure for known in step.difficulties.all())]
        assert [text for text in parts if not told(html, text)] == []


def test_a_sheet_says_where_each_item_comes_from(client):
    step = Step.objects.get(code="A1")
    html = page(client, "step_sheet", "A1")
    items = [*step.actors.all(), *step.questions.all(), *step.documents.all(), *step.attention.all(),
             *StepDifficulty.objects.filter(step=step)]
    # Each item, the duration, the validation, the step; and the legend's three.
    assert len(re.findall(r'class="source source--', html)) == len(items) + 3 + 3
    for code in {code for item in [step, *items] for code in item.sources}:
        assert f'href="/sources/#{code}"' in html
        assert told(html, Source.objects.get(code=code).label)


def test_sheets_lead_to_their_neighbours(client):
    codes = list(Step.objects.order_by("phase__code", "code").values_list("code", flat=True))
    assert (codes[0], codes[-1], len(codes)) == ("A1", "G4", 28)
    for before, code, after in zip([None, *codes], codes, [*codes[1:], None], strict=False):
        html = page(client, "step_sheet", code)
        found = re.findall(r'rel="(prev|next)" href="/grille/(\w+)/"', html)
        assert found == [pair for pair in (("prev", before), ("next", after)) if pair[1]]


def test_an_unknown_step_is_said_in_french(client):
    response = client.get("/grille/Z9/")
    assert response.status_code == 404
    assert "Cette page n’existe pas" in response.content.decode()


def test_a_new_edition_takes_the_place_of_the_old_one(client):
    grid = Grid.objects.create(code="2027", title="Édition 2027", note="Validée.")
    phase = Phase.objects.create(grid=grid, code="A", title="Nouvelle phase", goal="But", lead="Chef",
                                 duration="1 mois", min_days=1, max_days=2)
    step = Step.objects.create(phase=phase, code="A1", title="Nouvelle étape", objective="But", duration="1 mois",
                               min_days=1, max_days=2, validation="Conseil")
    Question.objects.create(step=step, code="A1.Q1", text="Une question ?")
    assert "Nouvelle étape" in page(client, "grid")
    assert "Nouvelle étape" in page(client, "step_sheet", "A1")
    assert client.get("/grille/A2/").status_code == 404


def test_pages_say_so_before_the_grid_is_loaded(client):
    for step in Step.objects.all():
        for items in (step.actors, step.levels, step.questions, step.documents, step.attention, step.difficulties):
            items.all().delete()
    for model in (Step, Phase, Grid):
        model.objects.all().delete()
    assert "n’est pas encore chargée" in page(client, "grid")
    assert [client.get(url).status_code for url in ("/", "/grille/acteurs/", "/grille/A1/")] == [200, 200, 404]


def test_actors_are_all_there_and_the_matrix_marks_what_is_attested(client):
    html = page(client, "grid_actors")
    for actor in GridActor.objects.all():
        assert told(html, actor.name)
        assert told(html, actor.role)
    cells = re.findall(r'<td><b class="raci-([raci])">([RACI])(\*?)</b>', html)
    assert len(cells) == 17 * 7
    council = re.search(r'<th scope="row">Conseil régional</th>(.*?)</tr>', html)[1]
    assert words(council.replace("</td>", " ")).split() == ["A*", "A*", "A", "A", "A", "I", "I"]


def test_difficulties_are_all_there_with_their_remedies(client):
    html = page(client, "known_difficulties")
    for row in KnownDifficulty.objects.all():
        assert f'id="{row.code}"' in html
        assert told(html, row.text)
        assert told(html, row.remedy)
        for code in [*row.sources, *row.remedy_sources]:
            assert f'href="/sources/#{code}"' in html


def test_glossary_is_in_alphabetical_order_accents_aside(client):
    html = page(client, "glossary")
    found = re.findall(r'<dt id="([\w-]+)">', html)
    assert len(found) == Term.objects.count()
    assert found.index("elu") < found.index("fdd") < found.index("fnact")
    for term in Term.objects.all():
        for text in (term.term, term.expansion, term.definition, term.english):
            assert told(html, text), text


def test_sources_lead_outside_without_saying_from_where(client):
    html = page(client, "sources")
    for source in Source.objects.all():
        assert f'id="{source.code}"' in html
        assert told(html, source.label)
    outside = re.findall(r'<a href="http[^>]*>', html)
    others = sum(source.note.count("http") for source in Source.objects.all())
    assert (len(outside), others) == (Source.objects.count() + others, 4)
    assert all('rel="noreferrer noopener"' in link for link in outside)
    for text in Text.objects.all():
        assert told(html, text.title)
        assert told(html, text.contribution)


def test_regions_flag_the_codes_to_check(client):
    html = page(client, "regions")
    assert len(re.findall(r'<tr id="', html)) == 20
    assert html.count(">à vérifier<") == Region.objects.filter(codes_to_check=True).count()
    for region in Region.objects.all():
        assert told(html, region.name)
        assert f"CT {region.code_ct}, CA {region.code_ca}" in html


@pytest.mark.parametrize("url", ["/grille/", "/grille/C4/", "/grille/acteurs/", "/grille/difficultes/", "/sources/"])
def test_a_term_is_explained_once_and_never_in_a_heading_or_a_link(client, url):
    html = client.get(url).content.decode()
    tips = re.findall(r'<span class="term" tabindex="0">.*?role="note">(.*?)</span></span>', html)
    assert tips
    assert len(tips) == len(set(tips))
    for block in re.findall(r"<(h[1-6]|a|button|summary|title)\b[^>]*>(.*?)</\1>", html, flags=re.S):
        assert 'class="term"' not in block[1]


def test_home_shows_the_latest_edition_of_each_published_livret(client, dossier, manager, django_assert_num_queries):
    for _ in range(2):
        factories.published(dossier, manager)
    with django_assert_num_queries(PRICE["home"]):
        html = page(client, "home")
    assert re.findall(r'href="(/livrets/[^"]+\.pdf)"', html) == [f"/livrets/{dossier.slug}/2.pdf"]
