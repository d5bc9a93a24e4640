"""The page of the calendar and its two forms: what they show, refuse and never lose; its drawing."""
import datetime
import gzip
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from negotiation.choices import Nature, OrganisationKind, Role
from negotiation.documents.timeline import draw
from negotiation.models import Event, Negotiation, Opening
from negotiation.queries import calendar as read
from negotiation.workflow import calendar as acts

from .. import factories

pytestmark = pytest.mark.django_db
START = datetime.date(2026, 1, 12)


@pytest.fixture
def url(dossier):
    return f"/negociations/{dossier.slug}/calendrier/"


@pytest.fixture
def a1(dossier):
    return dossier.steps.get(step__code="A1")


def posted(client, url, dates, **more):
    """Post the form of the dates as a browser does, with these dates ({name: text}) typed over what it shows."""
    form = client.get(f"{url}modifier/").context["form"]
    shown = {field.html_name: field.value() or "" for _, *fields in form.rows for field in fields}
    return client.post(f"{url}modifier/", shown | {"bases": form.fields["bases"].initial} | dates, **more)


def test_a_calendar_without_any_date_says_so(sign_in, editor, url):
    html = sign_in(editor).get(url).content.decode()
    assert "Aucune date n’est encore prévue." in html
    assert "timeline-drawing" not in html


def test_proposing_leads_to_the_calendar_with_its_drawing_and_its_table(sign_in, editor, dossier, url):
    client = sign_in(editor)
    key = client.get(f"{url}proposer/").context["form"]
    answer = client.post(f"{url}proposer/", {"start": "12/01/2027", "base": key["base"].value(),
                                             "key": key["key"].value()}, follow=True)
    assert answer.redirect_chain == [(url, 302)]
    html = answer.content.decode()
    assert [html.count(one) for one in ("<svg xmlns", 'class="timeline-drawing"', 'data-label="Prévu"')] == [1, 1, 28]
    assert "du 12\u00a0janvier au 4\u00a0février 2027" in html
    assert "<title id=\"frise-titre\">Calendrier du " in html


@pytest.mark.parametrize(("typed", "said"), [
    ("", "Ce champ est obligatoire."), ("demain", "Cette date n’existe pas"),
    ("2326-01-12", "L’année 2326 est trop loin")])
def test_a_start_that_cannot_be_is_refused_in_words(sign_in, editor, dossier, url, typed, said):
    answer = sign_in(editor).post(f"{url}proposer/", {"start": typed, "base": acts.fingerprint(dossier)})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not dossier.steps.filter(planned_start__isnull=False).exists()


def test_a_proposal_over_dates_changed_meanwhile_is_refused_then_possible(sign_in, editor, manager, dossier, url, a1):
    base = acts.fingerprint(dossier)
    acts.plan(dossier, {a1.pk: (START, START)}, {a1.pk: "/"}, by=manager)
    client = sign_in(editor)
    answer = client.post(f"{url}proposer/", {"start": "2027-01-11", "base": base})
    assert answer.status_code == 409
    assert "Quelqu’un d’autre a changé le calendrier" in answer.content.decode()
    form = answer.context["form"]
    assert form.data["start"] == "2027-01-11"
    again = client.post(f"{url}proposer/", {"start": "2027-01-11", "base": form.data["base"]})
    assert again.status_code == 302
    a1.refresh_from_db()
    assert a1.planned_start == datetime.date(2027, 1, 11)


def test_dates_are_typed_and_shown(sign_in, editor, dossier, url, a1):
    answer = posted(sign_in(editor), url, {f"start-{a1.pk}": "2026-01-12", f"end-{a1.pk}": "04/02/2026"}, follow=True)
    assert answer.redirect_chain == [(url, 302)]
    assert "du 12\u00a0janvier au 4\u00a0février 2026" in answer.content.decode()


@pytest.mark.parametrize(("start", "end", "edge", "said"), [
    ("2026-01-12", "", "end", "A1 : Donnez aussi la fin prévue."),
    ("", "2026-01-12", "start", "A1 : Donnez aussi le début prévu."),
    ("2026-02-12", "2026-01-12", "end", "A1 : La fin (12/01/2026) précède le début (12/02/2026)."),
    ("2026-02-30", "2026-03-12", "start",
     "A1 : Cette date n’existe pas, ou ne se lit pas : écrivez-la comme 31/08/2018."),
    ("2026-02-03", "3026-03-12", "end",
     "A1 : L’année 3026 est trop loin du contrat (ici, de 2022 à 2036) : vérifiez-la."),
])
def test_wrong_dates_are_refused_beside_what_was_typed(sign_in, editor, dossier, url, a1, start, end, edge, said):
    answer = posted(sign_in(editor), url, {f"start-{a1.pk}": start, f"end-{a1.pk}": end})
    assert answer.status_code == 422
    assert answer.context["form"].problems == [(f"id_{edge}-{a1.pk}", said)]
    assert [field.value() for field in answer.context["form"].rows[0][1:]] == [start, end]
    assert not dossier.steps.filter(planned_start__isnull=False).exists()


def test_dates_changed_meanwhile_are_named_and_mine_stay(sign_in, editor, manager, dossier, url, a1):
    client = sign_in(editor)
    shown = client.get(f"{url}modifier/").context["form"].fields["bases"].initial
    acts.plan(dossier, {a1.pk: (START, START)}, {a1.pk: "/"}, by=manager)
    mine = {f"start-{a1.pk}": "2026-03-02", f"end-{a1.pk}": "2026-03-06"}
    answer = client.post(f"{url}modifier/", mine | {"bases": shown})
    assert answer.status_code == 409
    assert [one.code for one in answer.context["conflicts"]] == ["A1"]
    form = answer.context["form"]
    assert form.data[f"start-{a1.pk}"] == "2026-03-02"
    assert client.post(f"{url}modifier/", mine | {"bases": form.data["bases"]}).status_code == 302
    a1.refresh_from_db()
    assert (str(a1.planned_start), str(a1.planned_end)) == ("2026-03-02", "2026-03-06")


@pytest.mark.parametrize("bases", ["", "[]", "{\"x\": 1}", "nul", "[" * 100_000])
def test_bases_that_cannot_be_read_overwrite_nothing(sign_in, editor, manager, dossier, url, a1, bases):
    acts.plan(dossier, {a1.pk: (START, START)}, {a1.pk: "/"}, by=manager)
    dates = {f"start-{a1.pk}": "2026-03-02", f"end-{a1.pk}": "2026-03-06"}
    assert sign_in(editor).post(f"{url}modifier/", dates | {"bases": bases}).status_code == 409
    a1.refresh_from_db()
    assert a1.planned_start == START


def test_who_reads_and_who_has_buttons(sign_in, dossier, editor, examiner, stranger, url):
    partner = factories.organisation("PTF", OrganisationKind.PARTNER)
    Opening.objects.create(negotiation=dossier, organisation=partner)
    found = []
    for user in (editor, examiner, factories.member(partner, Role.PARTNER), stranger):
        page = sign_in(user).get(url)
        found.append((page.status_code, *(address in page.content
                                          for address in (b"calendrier/proposer/", b"calendrier/modifier/"))))
    assert found == [(200, True, True), (200, False, False), (200, False, False), (404, False, False)]


def test_a_reconstituted_dossier_says_where_its_dates_come_from(sign_in, editor, dossier, url, a1):
    Negotiation.objects.update(nature=Nature.RECONSTITUTED)
    Event.objects.create(negotiation=dossier, progress=a1, date="2015-01-01", precision="year", kind="other",
                         title="Appui")
    html = sign_in(editor).get(url).content.decode()
    assert "Aucun calendrier prévu n’est documenté." in html
    assert '<td data-label="Réel">2015</td>' in html
    assert "aucun retard n’en est déduit" in html


def test_the_pages_cost_the_same_with_one_row_and_three(sign_in, editor, dossier, url):
    client, counts = sign_in(editor), []
    for codes in (["A1"], ["A1", "B1", "C1"]):
        for code in codes:
            progress = dossier.steps.get(step__code=code)
            Event.objects.create(negotiation=dossier, progress=progress, date="2026-01-01", kind="meeting", title="R")
            dossier.steps.filter(pk=progress.pk).update(planned_start="2026-01-01", planned_end="2026-01-05")
        pair = []
        for path in ("", "proposer/", "modifier/"):
            with CaptureQueriesContext(connection) as queries:
                client.get(f"{url}{path}")
            pair.append(len(queries))
        counts.append(pair)
    assert counts == [[10, 8, 7], [10, 8, 7]]


def test_the_whole_calendar_is_light(sign_in, editor, dossier, url):
    acts.propose(dossier, START, by=editor)
    for path in ("", "modifier/"):
        assert len(gzip.compress(sign_in(editor).get(url + path).content)) < 14_000


def shapes(timeline):
    return {row.label: [(bar.kind, bar.x, bar.width) for bar in row.bars] for row in timeline.rows if not row.is_phase}


def test_the_drawing_places_what_was_planned_what_happened_and_what_is_late(dossier, a1):
    """100 days from 1 March: a thousandth of the width is a tenth of a day, at most."""
    Negotiation.objects.update(nature=Nature.FICTIONAL)
    dossier.refresh_from_db()
    dossier.steps.filter(step__code="A1").update(planned_start="2026-03-01", planned_end="2026-03-30")
    dossier.steps.filter(step__code="A2").update(planned_start="2026-04-01", planned_end="2026-05-29")
    Event.objects.create(negotiation=dossier, progress=a1, date="2026-03-01", kind="meeting", title="R")
    events = Event.objects.filter(negotiation=dossier)
    calendar = read.calendar_of(dossier, read.steps(dossier), {}, events, set(), datetime.date(2026, 4, 9))
    timeline = draw(calendar, "aujourd’hui")
    found = shapes(timeline)
    assert {code: [kind for kind, *_ in bars] for code, bars in found.items()} == {
        "A1": ["planned", "real", "late"], "A2": ["planned", "pushed"]}
    (_, x, width), (_, real, real_width), (_, late, late_width) = found["A1"]
    assert (real, real_width, late) == (x, width, x + width)
    assert abs(late_width * 3 - width) <= 3
    assert timeline.today - (late + late_width) in (-9, -10)
    assert [key.label for key in timeline.keys] == ["prévu", "réel", "retard", "attendu, repoussé"]
    assert [tick.label for tick in timeline.ticks] == ["mars", "avr.", "mai", "juin"]
    crossed = [row.label for row in timeline.rows if row.is_phase
               for top, bottom in timeline.stripes if top < row.base + 4 and row.y < bottom]
    assert (len(timeline.stripes), crossed) == (1, [])
    assert timeline.words.endswith("A1 a 10\u00a0jours de retard : A2 est repoussée au 10\u00a0avril 2026.")


@pytest.mark.parametrize("years", [1, 3, 8, 40, 90])
def test_the_axis_is_never_crowded_and_bars_stay_inside(dossier, years):
    dossier.steps.filter(step__code="A1").update(planned_start="1995-02-03", planned_end="1995-02-03")
    dossier.steps.filter(step__code="A2").update(planned_start="1995-02-03", planned_end=f"{1995 + years}-02-03")
    timeline = draw(read.page(dossier), "aujourd’hui")
    places = [tick.x for tick in timeline.ticks]
    assert 3 <= len(places) <= 15
    assert all(b - a >= 55 for a, b in zip(places, places[1:], strict=False))
    bars = [bar for row in timeline.rows for bar in row.bars]
    assert [bar for bar in bars if bar.x < 52 or bar.x + bar.width > 1000 or bar.width < 5] == []


def test_the_drawing_holds_no_style_and_no_script(sign_in, editor, dossier, url):
    acts.propose(dossier, timezone.localdate(), by=editor)
    svg = re.search(r"<svg xmlns.*?</svg>", sign_in(editor).get(url).content.decode(), re.S).group()
    assert not re.search(r"style|script|\son[a-z]+=|href|http(?!://www.w3.org/2000/svg)", svg)
    assert (svg.count("<title"), svg.count("<desc")) == (1, 1)
