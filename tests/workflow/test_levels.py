"""When a level has spoken: every rule × every set of voices, and whose turn it is."""
from itertools import product

import pytest
from django.utils import timezone

from negotiation.choices import (
    LevelKind,
    LevelMode,
    LevelRule,
    OrganisationKind,
    Outcome,
    RemarkState,
    Role,
    State,
    conclusion,
)
from negotiation.models import (
    GridActor,
    JournalEntry,
    Notification,
    Passage,
    Phase,
    Remark,
    ReviewLevel,
    Seat,
    Step,
    Submission,
)
from negotiation.permissions import moves as moves_of
from negotiation.queries.examinations import of_step
from negotiation.workflow import moves, notices, remarks
from negotiation.workflow.negotiations import share
from negotiation.workflow.transitions import NotAllowed

from .. import factories

A, R, NONE = "approve", "return", ""


def expected(rule, quorum, voices):
    """The rule in plain words, told another way than the code: how many must approve, how many returns are too many."""
    needed = {"all": len(voices), "any": 1, "quorum": quorum}[rule]
    if voices.count(A) >= needed:
        return Outcome.PASSED
    if rule == "any":
        return Outcome.RETURNED if R in voices else ""
    return Outcome.RETURNED if len(voices) - voices.count(R) < needed else ""


@pytest.mark.parametrize("kind", [LevelKind.EXAMINATION, LevelKind.DECISION])
@pytest.mark.parametrize(("rule", "quorum"), [("all", None), ("any", None), *(("quorum", n) for n in (1, 2, 3))])
def test_every_set_of_voices_of_three_organisations(kind, rule, quorum):
    found = {voices: conclusion(kind, rule, quorum, list(voices)) for voices in product([A, R, NONE], repeat=3)}
    assert found == {voices: expected(rule, quorum, voices) for voices in found}


@pytest.mark.parametrize(("rule", "quorum", "needed"), [("all", None, 3), ("any", None, 1), ("quorum", 2, 2),
                                                        ("quorum", 9, 3)])
def test_opinions_inform_whatever_they_say(rule, quorum, needed):
    words = ["favourable", "reserved", "unfavourable", NONE]
    found = {voices: conclusion(LevelKind.OPINION, rule, quorum, list(voices)) for voices in product(words, repeat=3)}
    assert found == {voices: Outcome.PASSED if 3 - voices.count(NONE) >= needed else "" for voices in found}


@pytest.mark.parametrize("rule", LevelRule.values)
def test_a_level_where_nobody_sits_decides_nothing(rule):
    assert conclusion(LevelKind.DECISION, rule, None, []) == ""


@pytest.fixture
def services(dossier, manager):
    """Two State services to which the dossier is open, each with its adviser."""
    found = {}
    for code in ("dgb", "dnpd"):
        service = factories.organisation(code.upper(), OrganisationKind.SERVICE)
        service.grid_actor = GridActor.objects.get(code=code)
        service.save()
        share(dossier, service, by=manager)
        found[code] = factories.member(service, Role.ADVISER)
    return found


def waited_for(progress):
    return [seat.organisation.name for seat in Seat.objects.filter(
        passage__submission__progress=progress, asked_at__isnull=False, voice="", passage__closed_at__isnull=True)]


@pytest.mark.parametrize(("mode", "turns"), [
    (LevelMode.PARALLEL, [["DGB", "DNPD"], ["DNPD"], ["DGCT"]]),
    (LevelMode.SEQUENTIAL, [["DGB"], ["DNPD"], ["DGCT"]]),
])
def test_services_speak_together_or_one_after_the_other(dossier, manager, dgct, services, mode, turns):
    ReviewLevel.objects.filter(step__code="C4", kind=LevelKind.OPINION).update(mode=mode)
    progress = factories.put(dossier, "C4", State.SUBMITTED, by=manager)
    found = [waited_for(progress)]
    for adviser in services.values():
        moves.move(progress, "favourable", by=adviser, version=progress.version)
        progress.refresh_from_db()
        found.append(waited_for(progress))
    assert found == turns


def test_each_settles_their_own_remarks_and_the_last_level_waits_for_all(dossier, manager, dgct, services):
    """Two services examine in turn, one of the two is enough, and no level is the DGCT's."""
    ReviewLevel.objects.filter(step__code="C4").exclude(kind=LevelKind.OPINION).delete()
    ReviewLevel.objects.filter(step__code="C4").update(
        kind=LevelKind.DECISION, mode=LevelMode.PARALLEL, rule=LevelRule.ANY)
    progress, (dgb, dnpd) = factories.put(dossier, "C4", State.SUBMITTED, by=manager), services.values()
    one, other = (remarks.write(progress, "step", problem="Flou.", request="Précisez.", by=by) for by in (dgb, dnpd))

    def refused(by):
        progress.refresh_from_db()
        with pytest.raises(NotAllowed) as refusal:
            moves.move(progress, "approve", by=by, version=progress.version)
        return refusal.value.reasons

    assert refused(dnpd) == ["Il reste 1 observation non levée : levez-la ou supprimez-la, ou renvoyez l’étape à la "
                             "Région."]
    remarks.discard(other, by=dnpd)
    assert refused(dnpd) == ["Votre approbation achèverait l’examen, et il reste 1 observation non levée, de DGB : qui "
                             "l’a écrite, ou la DGCT, la lève d’abord."]
    assert (progress.state, waited_for(progress)) == (State.SUBMITTED, ["DGB", "DNPD"])
    remarks.discard(one, by=dgb)
    assert moves.move(progress, "approve", by=dnpd, version=progress.version).state == State.APPROVED


def test_a_service_that_no_longer_speaks_settles_what_it_asked(dossier, manager, dgct, services):
    """The chain has changed since: it, or the DGCT, says that what it asked is done; it asks nothing more, and takes
    nothing in charge."""
    progress, dgb = factories.put(dossier, "C4", State.SUBMITTED, by=manager), services["dgb"]
    one = remarks.write(progress, "step", problem="Flou.", request="Précisez.", by=dgb)
    Remark.objects.update(state=RemarkState.ANSWERED, sent_at=timezone.now())
    Seat.objects.filter(organisation=one.organisation).delete()
    one.refresh_from_db()
    with pytest.raises(NotAllowed, match="elle la lit, sans l’observer"):
        remarks.write(progress, "step", problem="Long.", request="Abrégez.", by=dgb)
    Submission.objects.update(opened_by=None, opened_at=None)
    assert remarks.settle(one, by=dgb).state == RemarkState.SETTLED
    assert Submission.objects.values_list("opened_by", "opened_at").get() == (None, None)


def test_a_remark_of_who_speaks_later_holds_nobody(dossier, manager, dgct, examiner, services):
    ReviewLevel.objects.filter(step__code="C4", kind=LevelKind.EXAMINATION).delete()
    ReviewLevel.objects.filter(step__code="C4", kind=LevelKind.OPINION).update(
        kind=LevelKind.EXAMINATION, mode=LevelMode.SEQUENTIAL)
    progress, (dgb, dnpd) = factories.put(dossier, "C4", State.SUBMITTED, by=manager), services.values()
    for by in (dnpd, examiner):
        remarks.write(progress, "step", problem="Flou.", request="Précisez.", by=by)
    moves.move(progress, "approve", by=dgb, version=progress.version)
    assert waited_for(progress) == ["DNPD"]


@pytest.fixture
def unblocked(dossier, manager, dgct, services, administrator):
    """A step that the administrator returned over a level where one service had voted for it and the other was told to
    speak: (step, that service's member, the other's)."""
    ReviewLevel.objects.filter(step__code="C4", kind=LevelKind.EXAMINATION).delete()
    ReviewLevel.objects.filter(step__code="C4", kind=LevelKind.OPINION).update(
        kind=LevelKind.EXAMINATION, mode=LevelMode.PARALLEL, rule=LevelRule.QUORUM, quorum=1)
    progress, (dgb, dnpd) = factories.put(dossier, "C4", State.SUBMITTED, by=manager), services.values()
    moves.move(progress, "return", by=dgb, version=progress.version, reason="Chiffrez.")
    notices.moved(progress, progress.submissions.get(), by=manager)
    Notification.objects.filter(user=dnpd).update(mailed_at=timezone.now())
    progress.refresh_from_db()
    moves.move(progress, "unblock_return", by=administrator, version=progress.version, reason="Trop tard.")
    progress.refresh_from_db()
    return progress, dgb, dnpd


def test_what_the_administrator_returned_is_no_service_s_return(unblocked):
    progress, dgb, _ = unblocked
    examination = of_step(progress)
    assert (examination.asks, examination.is_returned_for(dgb)) == (
        "Correction demandée par : l’administration de l’application", False)
    [told] = Notification.objects.filter(title__startswith="À corriger")
    assert ("Trop tard." in told.text, "Chiffrez." in told.text) == (True, False)
    with pytest.raises(NotAllowed, match="seule la DGCT peut l’annuler"):
        moves.move(progress, "cancel_return", by=dgb, version=progress.version, reason="Je reprends.")


def test_a_cancelled_return_settles_what_said_that_nobody_is_awaited(unblocked, examiner, administrator):
    progress, _, dnpd = unblocked
    told = Notification.objects.filter(user=dnpd, title__startswith="Votre position n’est plus attendue")
    assert [one.settled_at for one in told] == [None]
    moves.move(progress, "cancel_return", by=examiner, version=progress.version, reason="À reprendre.")
    assert None not in [one.settled_at for one in told.all()]
    assert Notification.objects.filter(user=dnpd, settled_at=None).values_list("title", flat=True)[0].startswith(
        "Examen attendu")
    progress.refresh_from_db()
    assert [offer.text for offer in moves_of(administrator, progress, of_step(progress))
            if offer.action == "unblock_return"] == ["Trop tard."]


def test_an_opinion_that_nobody_can_give_is_no_level(dossier, manager, dgct):
    """C4 asks the DGB and the DNPD: neither reads this dossier."""
    progress = factories.put(dossier, "C4", State.SUBMITTED, by=manager)
    assert [passage.kind for passage in progress.submissions.get().passages.all()] == ["examination", "decision"]
    assert waited_for(progress) == ["DGCT"]
    assert of_step(progress).rounds[0].unheard is True


def test_an_opinion_that_somebody_gives_is_not_told_missing(dossier, manager, dgct, services):
    rounds = of_step(factories.put(dossier, "C4", State.SUBMITTED, by=manager)).rounds
    assert ([(level.passage.kind, [seat.organisation.name for seat in level.seats]) for level in rounds[0].levels],
            rounds[0].unheard) == (
        [("opinion", ["DGB", "DNPD"]), ("examination", ["DGCT"]), ("decision", ["DGCT"])], False)


def test_the_journal_and_the_page_tell_an_opinion_that_nobody_can_give(sign_in, dossier, manager, dgct):
    Step.objects.update(checks=[])
    Phase.objects.update(gate=[])
    progress = dossier.steps.select_related("step", "negotiation").get(step__code="C4")
    factories.complete(progress, manager)
    moves.move(progress, "submit", by=manager, version=progress.version)
    client, words = sign_in(manager), "aucun service n’y est associé, ce niveau ne s’ouvre pas"
    journal = client.get(f"/negociations/{dossier.slug}/journal/").context["page"].lines[0]
    assert [(one.label, one.after) for one in journal.changes if one.label == "Avis"] == [("Avis", words)]
    assert words in client.get(f"/negociations/{dossier.slug}/etapes/C4/").content.decode()


@pytest.mark.parametrize("since", ["before", "after"])
def test_an_unfavourable_opinion_approves_nothing(dossier, manager, dgct, examiner, services, since):
    """A chain that ends on an opinion, as the administration let one be written: the DGCT examines after it."""
    last = ReviewLevel.objects.filter(step__code="C4").exclude(kind=LevelKind.OPINION)
    if since == "after":
        last.delete()
    progress = factories.put(dossier, "C4", State.SUBMITTED, by=manager)
    if since == "before":
        levels = Passage.objects.filter(submission__progress=progress).exclude(kind=LevelKind.OPINION)
        Seat.objects.filter(passage__in=levels).delete()
        levels.delete()
    for adviser in services.values():
        moves.move(progress, "unfavourable", by=adviser, version=progress.version, reason="Ce n’est pas finançable.")
        progress.refresh_from_db()
    assert (progress.state, waited_for(progress)) == (State.SUBMITTED, ["DGCT"])
    assert JournalEntry.objects.filter(action="step.opinion").count() == 2
    factories.complete(progress, manager)
    moves.move(progress, "approve", by=examiner, version=progress.version)
    progress.refresh_from_db()
    assert progress.state == State.APPROVED


def test_a_chain_that_is_an_opinion_nobody_can_give_is_examined_by_the_dgct(dossier, manager, dgct):
    ReviewLevel.objects.filter(step__code="C4").exclude(kind=LevelKind.OPINION).delete()
    progress = factories.put(dossier, "C4", State.SUBMITTED, by=manager)
    assert waited_for(progress) == ["DGCT"]


def test_an_administrator_unblocks_a_step_where_nobody_sits(sign_in, dossier, manager):
    """No DGCT yet: both levels are empty."""
    progress = factories.put(dossier, "D2", State.SUBMITTED, by=manager)
    administrator = factories.member(factories.organisation("Application", OrganisationKind.PLATFORM),
                                     Role.ADMINISTRATOR)
    client, page = sign_in(administrator), f"/negociations/{dossier.slug}/etapes/D2/examen/"
    content = client.get(page).content.decode()
    assert content.count("aucune organisation n’y est associée, un administrateur peut débloquer") == 2
    for _ in range(2):
        progress.refresh_from_db()
        client.post(f"/negociations/{dossier.slug}/etapes/D2/acte/unblock/", {
            "version": progress.version, "reason": "La DGCT n’a pas encore de compte."})
    progress.refresh_from_db()
    assert progress.state == State.APPROVED
