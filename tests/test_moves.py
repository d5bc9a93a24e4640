"""The whole table of acts on a step: every act × every moment of its life × every person, through its address."""
import html
import re

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from negotiation.choices import OrganisationKind, Role
from negotiation.models import GridActor, JournalEntry, Membership, Phase, Seat, Step, StepProgress
from negotiation.workflow import moves, steps
from negotiation.workflow.negotiations import share

from . import factories

# The states, « submitted » at each of its levels; late: the delay of the opinion is over.
MOMENTS = ["todo", "draft", "opinion", "late", "examination", "decision", "returned", "approved"]
STATES = dict.fromkeys(("opinion", "late", "examination", "decision"), "submitted")
PEOPLE = ("manager", "editor", "examiner", "director", "sitting", "standing", "partner", "administrator", "stranger",
          "submitter")
# sitting: an adviser whose service gives the opinion; standing: one that only reads the dossier; submitter: who
# submitted the step, examiner and director of the DGCT since. Who is not named here gets 403; a stranger, 404.
NEVER = "409 409 409 409 409 409 409 409"
TABLE = {
    # act, person:                   todo draft opin late exam deci retu appr
    ("submit", "manager"):          "302 302 409 409 409 409 302 409",
    ("recall", "manager"):          "409 409 302 302 409 409 409 409",
    ("approve", "examiner"):        "409 409 409 409 302 409 409 409",
    ("approve", "director"):        "409 409 409 409 409 302 409 409",
    ("return", "examiner"):         "409 409 409 409 302 409 409 409",
    ("return", "director"):         "409 409 409 409 409 302 409 409",
    ("favourable", "sitting"):      "409 409 302 302 409 409 409 409",
    ("reserved", "sitting"):        "409 409 302 302 409 409 409 409",
    ("unfavourable", "sitting"):    "409 409 302 302 409 409 409 409",
    ("cancel_return", "examiner"):  "409 409 409 409 409 409 302 409",
    ("cancel_return", "director"):  "409 409 409 409 409 409 302 409",
    **{("cancel_return", who): NEVER for who in ("sitting", "standing", "submitter")},
    ("skip", "examiner"):           "409 409 409 302 409 409 409 409",
    ("skip", "director"):           "409 409 409 302 409 409 409 409",
    ("skip", "submitter"):          NEVER,
    ("unblock", "administrator"):   "409 409 302 302 302 302 409 409",
    ("unblock_return", "administrator"): "409 409 302 302 302 302 409 409",
    ("reopen", "director"):         "409 409 409 409 409 409 409 302",
    ("reopen", "submitter"):        "409 409 409 409 409 409 409 302",
    **{(act, who): NEVER for act in ("approve", "return") for who in ("sitting", "standing", "submitter")},
    **{(act, who): NEVER for act in ("favourable", "reserved", "unfavourable")
       for who in ("examiner", "director", "standing", "submitter")},
}
ALL = [(action, who) for action in moves.ACTS for who in PEOPLE]


def expected(moment):
    column = MOMENTS.index(moment)
    return {(action, who): int(TABLE[action, who].split()[column]) if (action, who) in TABLE
            else 404 if who == "stranger" else 403 for action, who in ALL}


@pytest.fixture
def people(dossier, manager, editor, examiner, director, stranger, kayes, dgct):
    Step.objects.update(checks=[])
    Phase.objects.update(gate=[])
    found = {"manager": manager, "editor": editor, "examiner": examiner, "director": director, "stranger": stranger,
             "submitter": factories.member(kayes, Role.MANAGER)}
    for name, kind, role in (("sitting", OrganisationKind.SERVICE, Role.ADVISER),
                             ("standing", OrganisationKind.SERVICE, Role.ADVISER),
                             ("partner", OrganisationKind.PARTNER, Role.PARTNER)):
        organisation = factories.organisation(name, kind)
        organisation.grid_actor = GridActor.objects.get(code="dnpd") if name == "sitting" else None
        organisation.save()
        share(dossier, organisation, by=manager)
        found[name] = factories.member(organisation, role)
    platform = factories.organisation("Application", OrganisationKind.PLATFORM)
    return found | {"administrator": factories.member(platform, Role.ADMINISTRATOR),
                    "colleague": factories.member(dgct, Role.EXAMINER), "chief": factories.member(dgct, Role.DIRECTOR)}


@pytest.fixture
def lead(dossier, people, dgct):
    """lead(moment) brings C4 there by the acts of its people; then who submitted it leaves for the DGCT."""
    step = dossier.steps.select_related("step", "negotiation").get(step__code="C4")
    factories.complete(step, people["submitter"])
    path = [("submit", "submitter"), ("favourable", "sitting"), ("approve", "colleague"), ("approve", "chief")]
    wanted = {"todo": [], "draft": [], "opinion": path[:1], "late": path[:1], "examination": path[:2],
              "decision": path[:3], "returned": [*path[:2], ("return", "colleague")], "approved": path}

    def go(moment):
        if moment == "draft":
            steps.start(step, by=people["submitter"])
        for action, who in wanted[moment]:
            step.refresh_from_db()
            moves.move(step, action, by=people[who], version=step.version, reason="Parce que.")
        if moment == "late":
            Seat.objects.filter(asked_at__isnull=False).update(due_on=timezone.localdate().replace(year=2020, day=1))
        people["submitter"].memberships.all().delete()
        for role in (Role.EXAMINER, Role.DIRECTOR):
            Membership.objects.create(user=people["submitter"], organisation=dgct, role=role, starts_on="2020-01-01")
        step.refresh_from_db()
        assert step.state == STATES.get(moment, moment)
        return step
    return go


def browsers(people):
    found = {who: Client() for who in PEOPLE}
    for who, client in found.items():
        client.force_login(people[who])
    return found


def post(client, step, action, **fields):
    """(status, state after, acts told) of one post, taken back at once."""
    with transaction.atomic():
        before = JournalEntry.objects.count()
        response = client.post(reverse("step_move", args=[step.negotiation.slug, "C4", action]), fields)
        after = StepProgress.objects.get(pk=step.pk)
        told = JournalEntry.objects.count() - before
        transaction.set_rollback(True)
    return response.status_code, after.state, after.version != step.version, told > 0


@pytest.mark.parametrize("moment", MOMENTS)
def test_every_act_by_every_person(people, lead, moment):
    step = lead(moment)
    clients = browsers(people)
    found = {(action, who): post(clients[who], step, action, version=step.version, reason="Motif.")
             for action, who in ALL}
    assert {cell: status for cell, (status, *_) in found.items()} == expected(moment)
    # What is refused changes nothing and is told nowhere; what is done changes the step and is told.
    assert {cell: rest for cell, (status, *rest) in found.items() if status != 302} == {
        cell: [step.state, False, False] for cell, (status, *_) in found.items() if status != 302}
    assert {tuple(rest[1:]) for status, *rest in found.values() if status == 302} <= {(True, True)}
    approved = {who for (_, who), (_, state, *_) in found.items() if state == "approved" != step.state}
    assert approved == ({"director", "administrator"} if moment == "decision" else set())


def test_an_act_without_its_form_is_refused_before_anything_is_read(people, lead):
    step = lead("examination")
    clients = browsers(people)
    found = {(action, who): post(clients[who], step, action) for action, who in ALL}
    assert found == {cell: (status if status in (403, 404) else 422, "submitted", False, False)
                     for cell, status in expected("examination").items()}


def test_an_act_read_on_an_older_page_is_refused(people, lead):
    step = lead("decision")
    clients = browsers(people)
    found = {cell: post(clients[cell[1]], step, cell[0], version=step.version - 1, reason="Motif.") for cell in ALL}
    assert found == {cell: (status if status in (403, 404) else 409, "submitted", False, False)
                     for cell, status in expected("decision").items()}


def test_an_unknown_act_does_not_exist(people, lead):
    step = lead("opinion")
    assert {post(client, step, "publier", version=step.version)[0] for client in browsers(people).values()} == {404}


@pytest.mark.parametrize(("voice", "reason", "status", "told"), [
    ("favourable", "", 302, ""), ("reserved", "Motif.", 302, ""), ("unfavourable", "Motif.", 302, ""),
    ("reserved", "", 409, "un avis réservé ou défavorable dit pourquoi"),
    ("", "Mon motif.", 422, "Choisissez votre avis"), ("approve", "Mon motif.", 422, "Choisissez votre avis"),
])
def test_one_form_gives_any_opinion_and_keeps_what_was_typed(people, lead, voice, reason, status, told):
    step = lead("opinion")
    client = browsers(people)["sitting"]
    page = client.post(reverse("step_move", args=[step.negotiation.slug, "C4", "opinion"]), {
        "version": step.version, "voice": voice, "reason": reason, "key": "k"})
    seat = Seat.objects.get(organisation__name="sitting")
    assert (page.status_code, seat.voice, seat.reasons) == (
        (302, voice, reason) if status == 302 else (status, "", ""))
    content = html.unescape(page.content.decode())
    assert told in content
    if status != 302:
        assert re.findall(r'value="(\w+)"[^>]* checked', content) == [voice] * (status == 409)
        place = f'<a href="#{"id_voice_0" if status == 422 else "motif-opinion"}">'
        assert (place in content, reason in re.search(r'id="motif-opinion"[^>]*>(.*?)</textarea>', content)[1]) == (
            True, True)


def test_those_who_give_no_opinion_are_refused_its_form_too(people, lead):
    step = lead("opinion")
    found = {who: post(client, step, "opinion", version=step.version, voice="favourable")[0]
             for who, client in browsers(people).items()}
    assert found == {who: expected("opinion")["favourable", who] for who in PEOPLE}


def test_reviewers_come_back_to_their_screen_and_the_region_to_the_step(people, lead):
    step = lead("opinion")
    page = f"/negociations/{step.negotiation.slug}/etapes/C4/"

    def led(who, action, **fields):
        step.refresh_from_db()
        return browsers(people)[who].post(f"{page}acte/{action}/", {
            "version": step.version, "reason": "Motif.", **fields}).url
    assert [led("sitting", "opinion", voice="favourable"), led("examiner", "return"), led("director", "cancel_return"),
            led("administrator", "unblock"), led("director", "approve"), led("director", "reopen"),
            led("manager", "submit"), led("manager", "recall")] == [f"{page}examen/"] * 5 + [page] * 3
