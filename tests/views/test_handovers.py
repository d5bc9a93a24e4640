"""What a passation says of decisions and remarks, on its page: where the reasons are, and that there were others."""
import pytest
from django.urls import reverse
from django.utils import timezone

from negotiation.choices import OrganisationKind, Role, State
from negotiation.dates import spoken
from negotiation.models import GridActor, Handover, Seat
from negotiation.queries import handover as read
from negotiation.workflow import handovers, memberships
from negotiation.workflow.negotiations import share

from .. import factories
from .conftest import go, remark, words


@pytest.fixture
def proposed(dossier, manager, editor, examiner):
    step = factories.put(dossier, "A4", State.SUBMITTED, by=manager)
    remark(step, examiner)
    go(step, "return", examiner)
    return handovers.propose(Handover(membership=manager.memberships.get(), successor=editor), by=manager)


def test_a_return_with_remarks_alone_says_where_its_reasons_are(sign_in, proposed, editor):
    page = words(sign_in(editor).get(reverse("handover", args=[proposed.pk])))
    assert "Motif : dans les observations." in page
    assert "1 observation sans réponse" in page
    [one] = read.content(proposed).dossiers
    assert (len(one.decisions), one.older) == (1, False)


def test_decisions_that_are_not_listed_are_said_to_be_in_the_journal(sign_in, proposed, dossier, editor, manager,
                                                                     examiner, monkeypatch):
    go(factories.put(dossier, "A3", State.SUBMITTED, by=manager), "return", examiner, "Un montant manque.")
    monkeypatch.setattr(read, "PER_DOSSIER", 1)
    [one] = read.content(proposed).dossiers
    assert ([entry.reason for entry in one.decisions], one.older) == (["Un montant manque."], True)
    page = words(sign_in(editor).get(reverse("handover", args=[proposed.pk])))
    assert "Les décisions plus anciennes sont dans le journal du dossier." in page


def test_a_passation_is_a_task_of_its_successor_until_it_is_accepted(sign_in, proposed, editor, manager):
    def listed(user):
        return "Passations à accepter (1)" in words(sign_in(user).get("/taches/"))
    assert [listed(user) for user in (editor, manager)] == [True, False]
    handovers.move(proposed, "accept", by=editor)
    assert listed(editor) is False


@pytest.mark.parametrize(("who", "told"), [("editor", "Vous n’avez pas accepté la passation."),
                                           ("manager", "La passation est retirée.")])
def test_who_declines_a_passation_does_not_read_that_it_was_withdrawn(sign_in, proposed, editor, manager, who, told):
    client = sign_in({"editor": editor, "manager": manager}[who])
    page = words(client.post(reverse("handover_move", args=[proposed.pk, "withdraw"]), follow=True))
    assert [sentence for sentence in ("Vous n’avez pas accepté la passation.", "La passation est retirée.")
            if sentence in page] == [told]


def test_a_passation_that_can_no_longer_be_accepted_is_no_task(sign_in, proposed, editor, manager):
    memberships.end(editor.memberships.get(), by=manager)
    assert "Passations à accepter" not in words(sign_in(editor).get("/taches/"))


@pytest.fixture
def colleagues(dossier, manager, examiner, dgct, kayes):
    """{who: two members} of the Region, the DGCT, the service whose opinion A4 awaits, and another service."""
    found = {"region": [manager, factories.member(kayes, Role.EDITOR)],
             "dgct": [examiner, factories.member(dgct, Role.EXAMINER)]}
    for name in ("dnpd", "dnat"):
        service = factories.organisation(name.upper(), OrganisationKind.SERVICE)
        service.grid_actor = GridActor.objects.get(code="dnpd") if name == "dnpd" else None
        service.save()
        share(dossier, service, by=manager)
        found[name] = [factories.member(service, Role.ADVISER) for _ in range(2)]
    return found


def test_a_passation_says_what_waits_for_the_organisation_and_whose_word_is_awaited(sign_in, dossier, manager,
                                                                                      colleagues):
    """To the Region what it has to do, and what the State examines; to a service, the steps where it is awaited."""
    factories.put(dossier, "A3", State.DRAFT, by=manager)
    factories.put(dossier, "A4", State.SUBMITTED, by=manager)
    awaited = f"attend : DNPD (avis), avant le {spoken(Seat.objects.awaited().get().due_on)}"
    found = {}
    for who, (one, other) in colleagues.items():
        proposed = handovers.propose(Handover(membership=one.memberships.get(), successor=other), by=one)
        [told] = read.content(proposed).dossiers
        found[who] = (told.next.sentence, [(progress.step.code, words) for progress, words in told.waiting
                                           if progress.step.code != "A3"])
        page = words(sign_in(other).get(reverse("handover", args=[proposed.pk])))
        assert (awaited.replace("\u00a0", " ") in page, "reste : " in page) == (who != "dnat", who == "region")
    todo, wait = f"Poursuivre l’étape A3 : {dossier.steps.get(step__code='A3').step.title}.", "Attendre l’examen de"
    assert found == {
        "region": (todo, [("A4", awaited)]), "dgct": (f"{wait} l’étape A4.", [("A4", awaited)]),
        "dnpd": ("Examiner l’étape A4.", [("A4", awaited)]), "dnat": (f"{wait} l’étape A4.", [])}


def test_a_passation_and_the_step_say_who_is_late(sign_in, dossier, manager, colleagues):
    factories.put(dossier, "A4", State.SUBMITTED, by=manager)
    Seat.objects.update(escalated_at=timezone.now())
    proposed = handovers.propose(Handover(membership=manager.memberships.get(), successor=colleagues["region"][1]),
                                 by=manager)
    due = spoken(Seat.objects.awaited().get().due_on)
    [told] = read.content(proposed).dossiers
    assert told.waiting[-1][1] == f"attend : DNPD (avis), avant le {due}, en retard"
    page = words(sign_in(manager).get(f"/negociations/{dossier.slug}/etapes/A4/"))
    assert f"avant le {due} — en retard".replace("\u00a0", " ") in page


def test_a_passation_says_that_nobody_can_speak(dossier, manager, examiner):
    factories.put(dossier, "A2", State.SUBMITTED, by=manager)
    examiner.memberships.all().delete()
    colleague = factories.member(dossier.owner, Role.EDITOR)
    proposed = handovers.propose(Handover(membership=manager.memberships.get(), successor=colleague), by=manager)
    [told] = read.content(proposed).dossiers
    assert [words for progress, words in told.waiting if progress.step.code == "A2"] == [
        "attend : l’administration de l’application, car personne ne peut se prononcer"]


@pytest.mark.parametrize(("role", "way"), [
    (Role.MANAGER, "invitez d’abord le successeur"),
    (Role.EDITOR, "demandez à l’administration de l’application d’y inviter le successeur")])
def test_who_is_alone_is_told_how_a_successor_is_invited(db, sign_in, role, way):
    alone = factories.member(factories.council("mopti"), role)
    page = sign_in(alone).get(reverse("handover_propose", args=[alone.memberships.get().pk])).content.decode()
    assert way in page
