"""The chain of levels of a step in the administration: edited, moved, removed, and never from a page left behind."""
import json

import pytest
from django.contrib.admin.models import LogEntry

from negotiation.choices import UNDECIDED, LevelKind
from negotiation.models import ReviewLevel, Step
from negotiation.workflow.reference import load

from . import factories
from .administration import address, errors, fields

pytestmark = pytest.mark.django_db


def test_the_levels_of_a_step_are_edited_for_the_next_submissions(desk, dossier, manager, dgct):
    step = factories.put(dossier, "D2", "submitted", by=manager)
    url = address(Step, "change", step.step_id)
    page = desk.get(url)
    assert "un changement vaut pour les prochaines soumissions seulement" in page.content.decode()
    data = fields(page)
    count = int(data["levels-TOTAL_FORMS"])
    row = f"levels-{count}-"
    added = data | {"levels-TOTAL_FORMS": count + 1, f"{row}order": "0", f"{row}kind": "opinion",
                    f"{row}parties": "dgb, dnpd", f"{row}rule": "quorum", f"{row}quorum": "1",
                    f"{row}mode": "sequential", f"{row}delay_days": "5", f"{row}source_status": "proposed"}
    wrong = {f"{row}parties": "dgb, inconnu", f"{row}quorum": ""}
    assert errors(desk.post(url, added | wrong)) == [
        "Acteur inconnu : inconnu. Écrivez les codes de la liste des acteurs de la grille, ou « dgct ».",
        "Dites combien d’organisations font le quorum."]
    assert errors(desk.post(url, added | {f"{row}quorum": "3"})) == ["Le quorum dépasse le nombre d’acteurs (2)."]
    assert errors(desk.post(url, added | {f"{row}order": "1"})) == [
        "Cet ordre est déjà celui d’un autre niveau de la liste : donnez-en un autre."]
    # Beyond, days are no dates any more.
    assert errors(desk.post(url, added | {"max_days": "3651", f"{row}delay_days": "366"})) == [
        "Écrivez 3650 au plus.",
        "Écrivez 365 au plus."]
    assert desk.post(url, added | {"levels-0-delay_days": "3"}).status_code == 302
    level = ReviewLevel.objects.get(step=step.step, order=1)
    assert (level.parties, level.rule, level.quorum, level.mode) == (["dgb", "dnpd"], "quorum", 1, "sequential")
    # What was submitted before keeps its levels; what is submitted after has the new ones.
    assert step.submissions.get().passages.count() == count
    assert ReviewLevel.objects.get(step=step.step, order=2).delay_days == 3
    assert step.submissions.get().passages.first().delay_days != 3


def chain(code):
    return list(ReviewLevel.objects.filter(step__code=code).values_list("order", "kind"))


def test_a_level_is_moved_and_removed(desk, boss, dossier, manager, dgct):
    """C4: an opinion, an examination, a decision. What is under way keeps its own."""
    step = factories.put(dossier, "C4", "submitted", by=manager)
    url, seated = address(Step, "change", step.step_id), step.submissions.get().passages.values_list("order", "kind")
    before = list(seated)
    swapped = {"levels-0-order": "2", "levels-1-order": "1"}
    assert desk.post(url, fields(desk.get(url)) | swapped).status_code == 302
    assert chain("C4") == [(1, "examination"), (2, "opinion"), (3, "decision")]
    assert desk.post(url, fields(desk.get(url)) | {"levels-1-DELETE": "on"}).status_code == 302
    assert (chain("C4"), list(seated)) == ([(1, "examination"), (2, "decision")], before)
    # What a later load brings does not undo it.
    assert (load().changes, chain("C4")) == (0, [(1, "examination"), (2, "decision")])
    assert list(LogEntry.objects.filter(user=boss).order_by("pk").values_list("object_repr", flat=True)) == [
        str(step.step)] * 2
    told = json.loads(LogEntry.objects.latest("pk").change_message)
    assert [one["deleted"]["object"] for one in told if "deleted" in one] == ["avis 2"]


def stale(what):
    return (f"Depuis que cette page est ouverte, quelqu’un a {what} : rien n’est enregistré. Les lignes sont celles "
            "d’aujourd’hui, avec ce que vous y aviez changé. Relisez-les, puis enregistrez de nouveau.")


def new_level(data, order, kind):
    row = f"levels-{data['levels-INITIAL_FORMS']}-"
    return data | {"levels-TOTAL_FORMS": int(data["levels-TOTAL_FORMS"]) + 1, f"{row}order": order, f"{row}kind": kind,
                   f"{row}parties": "dnpd", f"{row}rule": "all", f"{row}mode": "parallel", f"{row}delay_days": "5",
                   f"{row}source_status": "proposed"}


def rows_of(page):
    """(order, kind, delay) of the levels that the page shows, each beside its name."""
    data = fields(page)
    inline = next(one for one in page.context["inline_admin_formsets"] if one.formset.prefix == "levels")
    named = [str(row.original) for row in inline if row.original]
    found = [tuple(data[f"levels-{n}-{name}"] for name in ("order", "kind", "delay_days"))
             for n in range(int(data["levels-INITIAL_FORMS"]))]
    assert named == [f"{LevelKind(kind).label} {order}" for order, kind, _ in found]
    return found


@pytest.mark.parametrize(("meanwhile", "what", "seen"), [
    # A chain of an opinion, an examination, a decision; the page opened before changes the delay of the decision.
    (lambda data: new_level(data, "2", "opinion") | {"levels-1-order": "3", "levels-2-order": "4"},
     "ajouté ou retiré un niveau",
     [("1", "opinion"), ("2", "opinion"), ("3", "examination"), ("4", "decision", "9")]),
    (lambda data: data | {"levels-0-DELETE": "on"}, "ajouté ou retiré un niveau",
     [("1", "examination"), ("2", "decision", "9")]),
    (lambda data: data | {"levels-0-order": "2", "levels-1-order": "1"}, "déplacé un niveau",
     [("1", "examination"), ("2", "opinion"), ("3", "decision", "9")]),
])
def test_a_page_opened_before_the_chain_changed_is_refused_in_words(desk, meanwhile, what, seen):
    """And shows the levels of today, with what was typed: saved again, it is accepted."""
    url = address(Step, "change", Step.objects.get(code="C4").pk)
    before = fields(desk.get(url)) | {"levels-2-delay_days": "9", "levels-1-parties": "dgct, dgb"}
    assert desk.post(url, meanwhile(fields(desk.get(url)))).status_code == 302
    after = chain("C4")
    refused = desk.post(url, before)
    assert (errors(refused), chain("C4")) == ([stale(what)], after)
    shown = rows_of(refused)
    counts = [f"levels-{name}_FORMS" for name in ("MIN_NUM", "MAX_NUM")]
    assert [fields(refused)[name] for name in counts] == [str(before[name]) for name in counts]
    assert [row[:len(wanted)] for row, wanted in zip(shown, seen, strict=True)] == seen
    assert desk.post(url, fields(refused)).status_code == 302
    assert chain("C4") == after == [(int(row[0]), row[1]) for row in shown]
    assert ReviewLevel.objects.get(step__code="C4", kind="decision").delay_days == 9
    assert ReviewLevel.objects.get(step__code="C4", kind="examination").parties == ["dgct", "dgb"]


def test_a_row_added_in_a_stale_page_is_kept(desk):
    url = address(Step, "change", Step.objects.get(code="C4").pk)
    before = new_level(fields(desk.get(url)), "0", "opinion")
    assert desk.post(url, fields(desk.get(url)) | {"levels-0-DELETE": "on"}).status_code == 302
    refused = desk.post(url, before)
    assert errors(refused) == [stale("ajouté ou retiré un niveau")]
    assert desk.post(url, fields(refused)).status_code == 302
    assert chain("C4") == [(1, "opinion"), (2, "examination"), (3, "decision")]


@pytest.mark.parametrize(("typed", "said"), [
    ({"levels-0-order": "4"}, UNDECIDED),
    ({"levels-1-DELETE": "on", "levels-2-DELETE": "on"}, UNDECIDED),
    ({f"levels-{n}-DELETE": "on" for n in range(3)}, "Gardez au moins un niveau, qui examine ou qui décide."),
])
def test_an_opinion_does_not_end_a_chain(desk, typed, said):
    url = address(Step, "change", Step.objects.get(code="C4").pk)
    assert errors(desk.post(url, fields(desk.get(url)) | typed)) == [said]
    assert chain("C4") == [(1, "opinion"), (2, "examination"), (3, "decision")]
