"""One person, one part; several who speak at one level; what is told when nobody is left."""
import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from negotiation.choices import LevelKind, LevelMode, LevelRule, OrganisationKind, Role, State, Voice
from negotiation.models import (
    GridActor,
    JournalEntry,
    Membership,
    Negotiation,
    Notification,
    Reading,
    Remark,
    ReviewLevel,
    Seat,
    Step,
    User,
)
from negotiation.permissions import moves as moves_of
from negotiation.queries import journal, tasks
from negotiation.queries.examinations import of_step
from negotiation.workflow import moves, notices, remarks, reviews
from negotiation.workflow.negotiations import share
from negotiation.workflow.transitions import NotAllowed

from .. import factories
from .conftest import open_gates, remark, states


def again(user):
    """With the memberships of now."""
    return User.objects.get(pk=user.pk)


def join(user, organisation, role):
    Membership.objects.create(user=user, organisation=organisation, role=role, starts_on="2020-01-01")
    return again(user)


def service(code, dossier, manager):
    found = factories.organisation(code.upper(), OrganisationKind.SERVICE)
    found.acronym, found.grid_actor = code.upper(), GridActor.objects.get(code=code)
    found.save()
    share(dossier, found, by=manager)
    return found


@pytest.fixture
def advisers(dossier, manager):
    """{code: an adviser} of three services to which the dossier is open."""
    return {code: factories.member(service(code, dossier, manager), Role.ADVISER, function=f"chef {code}")
            for code in ("dgb", "dnpd", "dnat")}


@pytest.fixture
def chain(dossier, manager, dgct, advisers):
    """chain(kind, rule, mode, quorum): C4 submitted to one level of the three services, then a decision."""
    def make(kind, rule=LevelRule.ALL, mode=LevelMode.PARALLEL, quorum=None):
        step = dossier.steps.select_related("step", "negotiation").get(step__code="D2")
        ReviewLevel.objects.filter(step=step.step).delete()
        ReviewLevel.objects.create(step=step.step, order=1, kind=kind, parties=["dgb", "dnpd", "dnat"], rule=rule,
                                   mode=mode, quorum=quorum)
        ReviewLevel.objects.create(step=step.step, order=2, kind=LevelKind.DECISION, parties=["dgct"])
        return factories.put(dossier, "D2", State.SUBMITTED, by=manager)
    return make


def test_who_is_waited_for_no_longer_is_told_so(chain, advisers):
    """One opinion is enough: of the two others, the one that knew."""
    step = chain(LevelKind.OPINION, LevelRule.ANY)
    notices.moved(step, step.submissions.get(), by=advisers["dgb"])
    notices.mark_read(advisers["dnpd"], until=10**9)
    moves.move(step, "unfavourable", by=again(advisers["dgb"]), version=step.version, reason="Trop cher.")
    told = Notification.objects.filter(title__startswith="Votre position n’est plus attendue")
    assert [(row.user, "La vôtre n’y compte pas" in row.text) for row in told] == [(advisers["dnpd"], True)]


def test_who_was_waited_for_no_longer_is_told_no_more_of_it_when_asked_again(chain, advisers, manager):
    """One service returns the step; the submission that follows asks them all."""
    step = chain(LevelKind.EXAMINATION, LevelRule.ANY)
    notices.moved(step, step.submissions.get(), by=manager)
    Notification.objects.update(mailed_at=timezone.now())
    Step.objects.update(checks=[])
    factories.complete(step, manager)
    open_gates()
    for action, by, reason in (("return", advisers["dgb"], "Chiffrez."), ("submit", manager, "")):
        moves.move(step, action, by=again(by), version=step.version, reason=reason)
        step.refresh_from_db()
    told = Notification.objects.filter(user=advisers["dnpd"], settled_at=None)
    assert [row.title for row in told] == ["Examen attendu : étape D2 — Région de Kayes"]


def test_who_unblocked_a_level_does_not_decide_the_next(step, go, administrator, dgct, director):
    both = join(administrator, dgct, Role.DIRECTOR)
    go("unblock", both, "L’examinateur est absent.")
    with pytest.raises(NotAllowed, match="Vous avez débloqué un niveau"):
        go("approve", both)
    assert [offer.action for offer in moves_of(both, step, of_step(step))] == ["unblock", "unblock_return"]
    assert list(tasks.mine(both)) == []
    go("approve", director)
    assert states(step)[0] == State.APPROVED


def test_the_organisation_told_is_that_of_the_seat(chain, advisers, administrator, dossier):
    """Somebody who belongs to two: the application comes before the service in the alphabet."""
    step = chain(LevelKind.OPINION, LevelRule.ANY)
    both = join(advisers["dnpd"], administrator.memberships.get().organisation, Role.ADMINISTRATOR)
    written = remarks.write(step, "step", problem="Flou.", request="Précisez.", by=both)
    assert str(written.organisation) == "DNPD"
    moves.move(step, "favourable", by=both, version=step.version)
    told = JournalEntry.objects.filter(progress=step, by=both)
    assert set(told.values_list("action", "organisation")) == {("review.open", "DNPD"), ("step.opinion", "DNPD")}


def test_a_colleague_at_the_same_level_makes_no_form_stale(chain, advisers):
    step = chain(LevelKind.EXAMINATION)
    version = step.version
    for code in ("dgb", "dnpd"):
        moves.move(step, "approve", by=advisers[code], version=version, key=code)
    assert list(Seat.objects.filter(given_at__isnull=False).values_list("organisation__acronym", flat=True)) == [
        "DGB", "DNPD"]


def test_a_level_that_closed_meanwhile_is_said_so(chain, advisers):
    step = chain(LevelKind.OPINION, LevelRule.QUORUM, quorum=2)
    version = step.version
    for code in ("dgb", "dnpd"):
        moves.move(step, "favourable", by=advisers[code], version=version)
    with pytest.raises(NotAllowed, match="Le niveau « avis » est clos depuis le .* .assez d’organisations se sont"):
        moves.move(step, "reserved", by=advisers["dnat"], version=version, reason="Le coût.")


def test_an_administrator_passes_over_the_awaited_opinion_alone(chain, advisers, administrator):
    step = chain(LevelKind.OPINION, mode=LevelMode.SEQUENTIAL)
    awaited = Seat.objects.get(asked_at__isnull=False).organisation.grid_actor.code
    assert reviews.open_review(step, by=again(advisers[awaited])).opened_by == advisers[awaited]
    labels = [offer.label for offer in moves_of(administrator, step, of_step(step))]
    moves.move(step, "unblock", by=administrator, version=step.version, reason="Plus personne.")
    assert of_step(step).last.follower is None
    seats = Seat.objects.filter(passage__order=1).order_by("order")
    assert [(one.voice, bool(one.asked_at)) for one in seats] == [(Voice.SKIPPED, True), ("", True), ("", False)]
    first = seats[0].organisation.acronym
    assert labels == [f"Débloquer : passer outre l’avis attendu ({first})", "Débloquer : renvoyer à la Région"]
    line = next(iter(journal.page(step.negotiation, {}, team=True).lines))
    assert (line.act, [(change.label, change.after) for change in line.changes]) == (
        "débloque l’examen de l’étape D2", [("Sans la position de", first)])


def test_who_has_nothing_to_say_reads_without_following(chain, examiner, director):
    """The chain of the fixture ends with a decision, and has no examination."""
    step = chain(LevelKind.OPINION)
    submission = reviews.open_review(step, by=examiner)
    assert (submission.opened_by, bool(submission.opened_at)) == (None, True)
    line = next(iter(journal.page(step.negotiation, {}, team=True).lines))
    assert (line.act, [(change.label, change.after) for change in line.changes]) == (
        "lit la soumission de l’étape D2", [("Sans suivre l’examen", "oui")])
    assert reviews.open_review(step, by=director).opened_by is None
    assert set(Reading.objects.values_list("user", flat=True)) == {examiner.pk, director.pk}


def test_who_passes_over_without_a_seat_follows_nothing(chain, advisers, examiner, director):
    step = chain(LevelKind.OPINION)
    Seat.objects.filter(asked_at__isnull=False).update(due_on=datetime.date(2020, 1, 1))
    moves.move(step, "skip", by=examiner, version=step.version, reason="Un mois sans réponse.")
    assert step.submissions.get().opened_by is None


def test_only_the_late_opinion_is_passed_over_and_the_next_is_asked(chain, advisers, examiner):
    step = chain(LevelKind.OPINION, mode=LevelMode.SEQUENTIAL)
    Seat.objects.filter(asked_at__isnull=False).update(due_on=datetime.date(2020, 1, 1))
    moves.move(step, "skip", by=examiner, version=step.version, reason="Un mois sans réponse.")
    seats = Seat.objects.filter(passage__order=1).order_by("order")
    assert [(one.voice, bool(one.asked_at), one.given_by) for one in seats] == [
        (Voice.SKIPPED, True, examiner), ("", True, None), ("", False, None)]
    late = seats[0].organisation.acronym
    line = next(iter(journal.page(step.negotiation, {}, team=True).lines))
    assert line.act == f"passe outre l’avis de {late}, en retard, sur l’étape D2"
    asked = seats[1]
    step.refresh_from_db()
    moves.move(step, "favourable", by=advisers[asked.organisation.grid_actor.code], version=step.version)
    step.refresh_from_db()
    moves.move(step, "favourable", by=advisers[seats[2].organisation.grid_actor.code], version=step.version)
    assert Seat.objects.get(passage__order=2).asked_at


def test_each_reason_of_several_returns_reaches_the_region(chain, advisers, manager, editor):
    step = chain(LevelKind.EXAMINATION, LevelRule.QUORUM, quorum=2)
    for code, reason in (("dgb", "Le coût est incertain."), ("dnpd", "Le calendrier manque.")):
        step.refresh_from_db()
        moves.move(step, "return", by=advisers[code], version=step.version, reason=reason)
    step.refresh_from_db()
    assert step.return_reason == ("DGB, chef dgb : Le coût est incertain.\n\nDNPD, chef dnpd : Le calendrier manque.")
    assert of_step(step).asks == "Correction demandée par : DGB, DNPD"
    # Submitted again, and taken back unread: the answer that stands is still theirs.
    step = factories.put(step.negotiation, "D2", State.SUBMITTED, by=manager)
    step = moves.move(step, "recall", by=manager, version=step.version)
    assert of_step(step).asks == "Correction demandée par : DGB, DNPD"
    text = Notification.objects.get(user=editor, kind="turn", cause__startswith="return:").text
    assert [words in text for words in ("Motif (DGB)", "Le coût est incertain.", "Le calendrier manque.")] == [True] * 3


def test_a_draft_that_the_page_did_not_show_is_not_sent(step, go, examiner, dgct):
    colleague = factories.member(dgct, Role.EXAMINER)
    one = remark(step, colleague)
    with pytest.raises(NotAllowed, match=f"{colleague} .DGCT. a écrit, depuis que vous avez ouvert cette page"):
        go("return", examiner, "À revoir.", drafts="")
    assert Remark.objects.get().state == "draft"
    go("return", examiner, "À revoir.", drafts=one.mark)
    assert Remark.objects.get().state == "open"


def test_a_thread_is_decided_on_as_it_was_read(step, go, examiner, dgct, manager):
    open_gates()
    colleague = factories.member(dgct, Role.EXAMINER)
    one = remark(step, examiner)
    go("return", examiner)
    remarks.answer(one, "C’est précisé.", by=manager)
    go("submit", manager)
    one.refresh_from_db()
    seen = one.stands(one.replies.get().pk)
    remarks.maintain(one, "Il manque le coût.", by=colleague, seen=seen)
    with pytest.raises(NotAllowed, match=f"{colleague} a écrit dans ce fil"):
        remarks.settle(one, by=examiner, seen=seen)
    remarks.maintain(one, "Il manque le coût.", by=colleague, seen=seen)
    assert one.replies.count() == 2


def test_a_service_settles_no_remark_of_another(chain, advisers, manager):
    step = chain(LevelKind.OPINION)
    one = remarks.write(step, "step", problem="Flou.", request="Précisez.", by=advisers["dgb"])
    Remark.objects.update(state="open", sent_at=step.changed_at)
    for act in (lambda: remarks.settle(one, by=advisers["dnpd"]),
                lambda: remarks.maintain(one, "Non.", by=advisers["dnpd"])):
        with pytest.raises(NotAllowed, match="Seule l’organisation qui a écrit une observation, ou la DGCT"):
            act()


def test_a_step_that_nobody_may_decide_goes_to_the_administrators_at_once(step, go, director, administrator):
    seat = Seat.objects.get(passage__submission__progress=step, passage__kind="examination")
    reviews.escalate(seat)
    assert list(tasks.blocked(administrator)) == []
    go("approve", director)
    assert [one.progress for one in tasks.blocked(administrator)] == [step]
    assert list(tasks.unheard(director)) == []
    told = Notification.objects.get(user=administrator, settled_at=None, cause__startswith="stuck:")
    assert told.title == "À débloquer, étape D2 — Région de Kayes"
    go("unblock", administrator, "Il n’y a qu’un directeur.")
    told.refresh_from_db()
    assert told.settled_at


def test_a_recall_calls_off_what_the_administrators_were_told(step, go, manager, administrator):
    """There is nobody in the DGCT: the step was theirs to unblock."""
    notices.moved(step, step.submissions.get(), by=manager)
    stuck = Notification.objects.get(user=administrator, cause__startswith="stuck:")
    notices.mark_read(administrator, until=stuck.pk)
    go("recall", manager)
    stuck.refresh_from_db()
    assert stuck.settled_at
    assert Notification.objects.get(user=administrator, settled_at=None).title.startswith("Soumission reprise")


def test_who_was_told_that_nothing_is_awaited_is_told_no_more_when_it_is_again(step, go, manager, examiner, kayes):
    """A submission, or a return, that is taken back to be sent anew: one message that holds, not two that differ."""
    def standing(user):
        told = Notification.objects.filter(user=user, settled_at=None).order_by("pk")
        return list(told.values_list("title", flat=True))
    notices.moved(step, step.submissions.get(), by=manager)
    Notification.objects.update(mailed_at=timezone.now())
    open_gates()
    go("recall", manager)
    assert standing(examiner) == ["Soumission reprise, étape D2 — Région de Kayes"]
    go("submit", manager)
    assert standing(examiner) == ["Examen attendu : étape D2 — Région de Kayes"]
    colleague = factories.member(kayes, Role.MANAGER)
    go("return", examiner, "À revoir.")
    Notification.objects.update(mailed_at=timezone.now())
    go("cancel_return", examiner)
    assert standing(colleague) == ["Renvoi annulé, étape D2 — Région de Kayes"]
    go("return", examiner, "À revoir, page 2.")
    assert standing(colleague) == ["À corriger, étape D2 — Région de Kayes"]


def test_an_approval_over_remarks_is_settled_when_the_step_is_reopened(step, go, examiner, administrator, director):
    remark(step, examiner)
    go("unblock", administrator, "L’examinateur est absent.")
    go("unblock", administrator, "La direction est absente.")
    overruled = Notification.objects.get(user=examiner, cause__startswith="overruled:")
    assert overruled.settled_at is None
    open_gates()
    go("reopen", director, "À revoir.")
    overruled.refresh_from_db()
    assert overruled.settled_at


def test_who_cancels_a_return_is_told_that_what_was_sent_stays_in_the_journal(step, go, sign_in, examiner):
    go("return", examiner, "Précisez le coût.")
    step.refresh_from_db()
    client, page = sign_in(examiner), reverse("review", args=[step.negotiation.slug, "D2"])
    before = client.get(page)
    assert "la Région pourra encore les lire dans le journal" in before.content.decode()
    done = client.post(reverse("step_move", args=[step.negotiation.slug, "D2", "cancel_return"]),
                       {"version": step.version, "key": "une-fois"}, follow=True)
    assert "le journal garde ce qui avait été envoyé, et la Région peut l’y lire" in done.content.decode()
    assert JournalEntry.objects.get(action="step.return").reason == "Précisez le coût."


def test_a_colleague_s_return_is_taken_back_with_a_reason_told_to_them(step, go, examiner, director):
    go("return", examiner, "Précisez.")
    step.refresh_from_db()
    offer = next(one for one in moves_of(director, step, of_step(step)) if one.action == "cancel_return")
    assert offer.reason == "required"
    go("cancel_return", director, "C’était déjà écrit en A1.")
    told = Notification.objects.get(user=examiner, cause__startswith="taken-back:")
    assert (told.title, "C’était déjà écrit en A1." in told.text, str(director) in told.text) == (
        "Votre renvoi est annulé, étape D2 — Région de Kayes", True, True)


def test_one_s_own_return_is_taken_back_without_a_reason(step, go, examiner):
    go("return", examiner, "Précisez.")
    step.refresh_from_db()
    assert [one.reason for one in moves_of(examiner, step, of_step(step))] == [""]
    go("cancel_return", examiner)
    assert states(step)[0] == State.SUBMITTED


@pytest.mark.parametrize(("rule", "quorum", "returning", "may"), [
    (LevelRule.ALL, None, ("dnat",), {"dnat"}), (LevelRule.QUORUM, 2, ("dgb", "dnpd"), set())])
def test_a_service_takes_back_its_own_return_and_no_other(chain, advisers, examiner, rule, quorum, returning, may):
    """Another service's, and one that two returned, are the DGCT's to take back."""
    step = chain(LevelKind.EXAMINATION, rule, quorum=quorum)
    for code in returning:
        moves.move(step, "return", by=advisers[code], version=step.version, reason="Précisez.")
    step.refresh_from_db()
    offered = set()
    for code, user in advisers.items():
        step.negotiation = Negotiation.objects.visible_to(user).get()
        offered |= {code} if "cancel_return" in {one.action for one in moves_of(user, step, of_step(step))} else set()
    assert offered == may
    for code in advisers.keys() - may:
        with pytest.raises(NotAllowed, match="Ce renvoi n’est pas celui de votre organisation"):
            moves.move(step, "cancel_return", by=advisers[code], version=step.version, reason="Trop tôt.")
    moves.move(step, "cancel_return", by=advisers[max(may)] if may else examiner, version=step.version,
               reason="" if may else "Trop tôt.")
    entry = JournalEntry.objects.get(action="step.cancel_return")
    assert (states(step)[0], entry.organisation) == (State.SUBMITTED, "DNAT" if may else "DGCT")


@pytest.mark.parametrize(("kind", "rule", "quorum", "then"), [
    (LevelKind.OPINION, LevelRule.ALL, None, ["avis : DNPD", "avis : DNAT", "décision : DGCT", None]),
    (LevelKind.EXAMINATION, LevelRule.ALL, None, ["examen : DNPD", "examen : DNAT", "décision : DGCT", None]),
    (LevelKind.OPINION, LevelRule.ANY, None, ["décision : DGCT", None]),
    (LevelKind.EXAMINATION, LevelRule.QUORUM, 2, ["examen : DNPD", "décision : DGCT", None]),
])
def test_who_speaks_next_is_told_one_organisation_after_the_other(chain, advisers, director, kind, rule, quorum, then):
    """As long as the level needs another voice."""
    step, found = chain(kind, rule, LevelMode.SEQUENTIAL, quorum), []
    while (examination := of_step(step)).waiting:
        level, [seat] = examination.then, examination.waiting
        found.append(level and f"{level.passage.get_kind_display()} : {level.seats[0].organisation}")
        advises = seat.passage.kind == LevelKind.OPINION
        moves.move(step, "favourable" if advises else "approve", version=step.version,
                   by=director if seat.passage.order == 2 else advisers[seat.organisation.acronym.lower()])
        step.refresh_from_db()
    assert found == then


def test_a_recalled_submission_says_who_took_it_back(step, go, manager, examiner):
    go("recall", manager)
    with pytest.raises(NotAllowed, match="La Région a repris cette soumission le "):
        reviews.open_review(step, by=examiner)


def test_the_journal_says_what_was_said_to_those_who_may_know(chain, advisers):
    step = chain(LevelKind.OPINION, LevelRule.ANY)
    moves.move(step, "reserved", by=advisers["dgb"], version=step.version, reason="Le coût.")
    entry = JournalEntry.objects.get(action="step.opinion")
    assert [journal.act(step.negotiation, entry.number, team=team).act for team in (False, True)] == [
        "donne un avis réservé sur l’étape D2", "rend son avis sur l’étape D2"]
    assert [journal.act(step.negotiation, entry.number, team=team).changes for team in (False, True)] == [[], []]
    step.refresh_from_db()
    moves.move(step, "return", by=factories.member(factories.organisation("DGCT", OrganisationKind.DGCT),
                                                   Role.DIRECTOR), version=step.version, reason="Le coût.")
    assert journal.act(step.negotiation, entry.number, team=True).act == "donne un avis réservé sur l’étape D2"


@pytest.mark.parametrize(("action", "name"), [
    ("favourable", "adviser"), ("approve", "examiner"), ("return", "examiner"), ("skip", "examiner"),
    ("unblock", "administrator"), ("unblock_return", "administrator")])
def test_who_speaks_on_a_recalled_submission_is_told_that_it_was_recalled(act, action, name):
    act("submit", "manager")
    act("recall", "manager")
    with pytest.raises(NotAllowed) as refusal:
        act(action, name, "Parce que.")
    assert str(refusal.value).partition(" le ")[0] == "La Région a repris cette soumission"
