"""Who is told of each act: the whole table, the embargo, never twice, and nothing once it is settled."""
from datetime import timedelta

import pytest
from django.utils import timezone

from negotiation.choices import Action, NoticeKind, Role
from negotiation.models import (
    Deputy,
    Handover,
    Invitation,
    JournalEntry,
    Membership,
    Notification,
    ReviewLevel,
    Seat,
)
from negotiation.queries.tasks import mine
from negotiation.workflow import (
    booklets,
    deputies,
    handovers,
    invitations,
    memberships,
    moves,
    notices,
    remarks,
    reviews,
    steps,
)

from .. import factories
from .conftest import (
    ANSWER,
    BOOKLET,
    DECISION,
    DGCT,
    LATE,
    OPINION,
    PASSED,
    REGION,
    TEAM,
    TODAY,
    TURN,
    again,
    all_of,
    submitted,
)


@pytest.fixture
def step(ready):
    return ready


@pytest.fixture
def go(act):
    return act


def remark(step, by, target="step"):
    step.refresh_from_db()
    return remarks.write(step, target, problem="C’est flou.", request="Précisez.", by=by)


def test_each_act_of_an_examination_tells_whoever_comes_next(told, go):
    assert told(go, "submit", "manager") == {("adviser", TURN)}
    assert told(go, "unfavourable", "adviser", "Trop cher.") == all_of(DGCT, TURN)
    assert told(go, "approve", "examiner") == {("director", TURN), ("colleague", TURN)}
    assert told(go, "approve", "director") == all_of(REGION, DECISION)
    assert told(go, "reopen", "director", "Un montant est faux.") == all_of(REGION, TURN)


def test_a_return_tells_the_team_what_is_asked_and_the_answers_the_author(told, go, step, cast):
    submitted(go, OPINION)
    one = remark(step, cast["examiner"], "answer:C4.Q1")
    assert told(go, "return", "examiner", "Chiffrez.\nPuis datez.") == all_of(REGION, TURN)
    text = Notification.objects.filter(user=cast["editor"]).first().text
    assert [line.replace("\xa0", " ") for line in text.split("\n")][1:3] == [
        "Motif : « Chiffrez. Puis datez. »",
        "Observations : 1. Répondez à chacune avant de soumettre de nouveau."]
    assert told(remarks.answer, one, "C’est chiffré.", by=again(cast["editor"])) == {("examiner", ANSWER)}
    assert told(go, "submit", "manager") == {("adviser", TURN)}


def test_a_maintained_remark_is_returned_with_what_is_still_missing(go, step, cast):
    """The last message that is sent: neither the Region's own answer, nor what came before, nor what was answered."""
    submitted(go, OPINION)
    one, lines = remark(step, cast["examiner"]), []
    for number, message in enumerate(("", "La carte manque.", "La nouvelle version manque encore.", "")):
        if number:
            remarks.answer(one, "Voilà.", by=again(cast["manager"]))
            submitted(go, OPINION)
        if message:
            remarks.maintain(one, message, by=again(cast["examiner"]))
        go("return", "examiner")
        text = cast["editor"].notifications.filter(cause__startswith="return:").latest("pk").text
        lines.append(text.replace("\xa0", " ").split("\n")[-1])
        one.refresh_from_db()
    asked = f"- {one.label} : « C’est flou. » Demandé : « Précisez. »"
    assert lines == [asked, f"{asked} Maintenue : « La carte manque. »",
                     f"{asked} Maintenue : « La nouvelle version manque encore. »", asked]
    sent = JournalEntry.objects.filter(action=Action.STEP_RETURN).order_by("pk").values_list("details", flat=True)
    assert [one["remarks"][0]["message"] for one in sent] == [
        "", "La carte manque.", "La nouvelle version manque encore.", ""]


def test_the_answer_goes_to_the_organisation_when_the_author_has_left(told, go, step, cast):
    submitted(go, OPINION)
    one = remark(step, cast["examiner"])
    go("return", "colleague")
    cast["examiner"].memberships.update(ends_on=TODAY() - timedelta(days=1))
    assert told(remarks.answer, one, "Voilà.", by=cast["manager"]) == all_of({"colleague", "director"}, ANSWER)


def test_ways_out_tell_whoever_comes_next_and_the_region_at_the_end(told, go):
    submitted(go)
    Seat.objects.filter(asked_at__isnull=False).update(due_on=TODAY() - timedelta(days=1))
    assert told(go, "skip", "examiner", "Attendu depuis un mois.") == all_of({"colleague"}, TURN)
    assert told(go, "unblock", "administrator", "Personne.") == {("director", TURN), ("colleague", TURN)}
    assert told(go, "unblock_return", "administrator", "Erreur.") == all_of(REGION, TURN)


def test_the_reason_of_an_unblocking_is_told_to_the_next_and_to_the_region(told, go, cast):
    submitted(go, OPINION)
    for name, reason in (("director", "L’examinateur est absent."), ("manager", "La direction est absente.")):
        go("unblock", "administrator", reason)
        said = Notification.objects.filter(user=cast[name]).first().text.replace("\xa0", " ")
        assert said.endswith(f"Il a été passé outre ce qui était attendu. Motif : « {reason} »")


def test_acts_on_people_and_the_livret(told, cast, dossier, kayes):
    manager, editor, second = (again(cast[name]) for name in ("manager", "editor", "second"))
    booklet = []
    assert told(lambda: booklet.append(factories.established(dossier, manager))) == set()
    assert told(booklets.publish, booklet[0], by=manager) == all_of(
        {"editor", "second", "both", "adviser", "partner"}, BOOKLET)
    assert told(booklets.withdraw, booklet[0], "Une erreur.", by=manager) == all_of(
        {"editor", "second", "both", "adviser", "partner", "director", "colleague"}, BOOKLET)
    deputy = Deputy(membership=manager.memberships.get(), deputy=editor, starts_on=TODAY(), ends_on=TODAY())
    assert told(deputies.name, deputy, by=manager) == {("editor", TEAM)}
    assert told(deputies.end, deputy, by=editor) == {("manager", TEAM)}
    def handover():
        return Handover(membership=manager.memberships.get(), successor=editor)
    declined, accepted = handover(), handover()
    assert told(handovers.propose, declined, by=second) == {("editor", TEAM)}
    assert told(handovers.move, declined, "withdraw", by=editor) == {("manager", TEAM), ("second", TEAM)}
    assert Notification.objects.latest("pk").title.startswith("Passation non acceptée par ")
    assert told(handovers.propose, accepted, by=second) == {("editor", TEAM)}
    assert told(handovers.move, accepted, "accept", by=editor) == {("manager", TEAM), ("second", TEAM)}
    made, token = invitations.invite(Invitation(email="awa@kayes.example", name="Awa"), [(kayes, "editor")], by=manager)
    assert told(invitations.join, made, token, name="Awa", function="", password=factories.PASSWORD) == {
        ("manager", TEAM)}
    assert told(memberships.end, cast["second"].memberships.get(), by=manager) == set()


def test_what_is_called_off_is_told_to_those_who_knew_and_to_nobody_else(told, go):
    submitted(go)
    assert told(go, "recall", "manager") == set()
    submitted(go)
    Notification.objects.filter(settled_at=None).update(mailed_at=timezone.now())
    assert told(go, "recall", "manager") == {("adviser", TURN)}


def test_a_cancelled_return_tells_the_team_that_knew_and_asks_the_level_again(told, go, cast):
    submitted(go, OPINION)
    go("return", "examiner", "Trop tôt.")
    notices.mark_read(cast["editor"], until=10**9)
    assert told(go, "cancel_return", "examiner") == {("editor", TURN)}
    assert told(go, "return", "examiner", "Cette fois.") == all_of(REGION, TURN)


def test_who_was_asked_before_a_return_that_is_cancelled_is_asked_once(told, go, cast):
    """The colleague never heard of the return: what they were asked stands, mailed or not, in one row."""
    submitted(go, OPINION)
    asked = cast["colleague"].notifications.filter(cause__startswith="seat:")
    for mailed_at in None, timezone.now():
        asked.update(mailed_at=mailed_at)
        go("return", "examiner", "Trop tôt.")
        assert [row.settled_at is None for row in asked.all()] == [False]
        go("cancel_return", "examiner")
        assert [(row.settled_at, row.mailed_at) for row in asked.all()] == [(None, mailed_at)]


def test_colleagues_who_return_and_cancel_in_turn_are_asked_once(told, go, cast):
    submitted(go, OPINION)
    for name in ("examiner", "colleague", "examiner"):
        go("return", name, "Trop tôt.")
        go("cancel_return", name)
    asks = {name: [row.settled_at is None for row in cast[name].notifications.filter(cause__startswith="seat:")]
            for name in ("examiner", "colleague")}
    # Who cancelled last knows it.
    assert asks == {"examiner": [False], "colleague": [True]}


def test_who_had_not_learnt_that_one_return_concluded_for_all_is_asked_once(told, go, cast):
    """Two organisations examine; the return of one ends the level, and its cancelling opens it again."""
    levels = ReviewLevel.objects.filter(step__code="C4")
    levels.exclude(kind="examination").delete()
    levels.update(kind="decision", parties=["dgct", "dnpd"], rule="all", mode="parallel", quorum=None)
    submitted(go)
    asked = cast["adviser"].notifications.filter(cause__startswith="seat:")
    asked.update(mailed_at=timezone.now())
    for _ in range(2):
        assert ("adviser", TURN) in told(go, "return", "director", "Trop tôt.")
        assert ("adviser", TURN) not in told(go, "cancel_return", "director")
    assert [row.settled_at for row in asked.all()] == [None]
    # Once they have read it, they are asked anew.
    go("return", "director", "Cette fois.")
    notices.mark_read(cast["adviser"], until=10**9)
    assert ("adviser", TURN) in told(go, "cancel_return", "director")


def test_an_answer_that_a_return_settled_is_to_be_read_again_when_it_is_cancelled(told, go, step, cast):
    submitted(go, OPINION)
    one = remark(step, cast["examiner"])
    go("return", "examiner")
    remarks.answer(one, "Voilà.", by=again(cast["manager"]))
    submitted(go, OPINION)
    answers = cast["examiner"].notifications.filter(kind=ANSWER)
    for act, settled in [("return", True), ("cancel_return", False)]:
        go(act, "colleague")
        assert [row.settled_at is not None for row in answers.all()] == [settled]


def test_who_was_told_that_a_level_went_on_without_them_is_asked_again_when_its_return_is_cancelled(told, go, cast):
    submitted(go)
    notices.mark_read(cast["adviser"], until=10**9)
    go("unblock_return", "administrator", "Erreur.")
    notices.mark_read(cast["adviser"], until=10**9)
    assert ("adviser", TURN) in told(go, "cancel_return", "director", "Trop tôt.")


def test_who_never_learnt_that_a_level_went_on_without_them_is_asked_once(told, go, cast):
    submitted(go)
    notices.mark_read(cast["adviser"], until=10**9)
    for _ in range(2):
        assert ("adviser", TURN) in told(go, "unblock_return", "administrator", "Erreur.")
        assert ("adviser", TURN) not in told(go, "cancel_return", "director", "Trop tôt.")
    assert [row.settled_at for row in cast["adviser"].notifications.filter(cause__startswith="seat:")] == [None]


def test_a_passed_over_organisation_that_knew_is_told_why(told, go, cast):
    submitted(go)
    notices.mark_read(cast["adviser"], until=10**9)
    assert told(go, "unblock", "administrator", "Urgence.") == all_of(DGCT, TURN) | {("adviser", TURN)}
    assert "Urgence." in Notification.objects.filter(user=cast["adviser"]).first().text


def test_nothing_is_told_of_a_draft_nor_to_the_region_before_the_decision(told, go, step, cast):
    """Starting, answering, remarks, threads, taking in charge, opinions, the first levels: the Region hears nothing."""
    assert told(steps.start, step, by=cast["editor"]) == set()
    heard = told(go, "submit", "manager")
    heard |= told(reviews.open_review, step, by=cast["adviser"])
    heard |= told(go, "reserved", "adviser", "Réserve secrète.")
    one = remark(step, cast["examiner"])
    other = remark(step, cast["examiner"], "answer:C4.Q1")
    changed = {"problem": "Autre.", "request": "Mieux.", "by": cast["examiner"], "remark": one}
    assert told(remarks.write, step, "step", **changed) == set()
    assert told(remarks.discard, other, by=cast["examiner"]) == set()
    assert told(remarks.discard, one, by=cast["examiner"]) == set()
    heard |= told(go, "approve", "examiner")
    assert {name for name, _ in heard} & {*REGION, "partner", "blind", "stranger"} == set()
    secret = "Réserve secrète."
    assert not Notification.objects.filter(text__contains=secret).exists()


def test_messages_of_reviewers_are_told_to_nobody_before_the_decision(told, go, step, cast):
    submitted(go, OPINION)
    one = remark(step, cast["examiner"])
    go("return", "examiner")
    remarks.answer(one, "Voilà.", by=again(cast["manager"]))
    submitted(go, OPINION)
    assert told(remarks.maintain, one, "Pas encore.", by=again(cast["examiner"])) == set()
    assert told(remarks.settle, one, by=again(cast["examiner"])) == set()


def test_the_same_form_twice_tells_once(told, go, step, cast):
    version = step.version
    for expected in ({("adviser", TURN)}, set()):
        assert told(moves.move, step, "submit", by=cast["manager"], version=version, key="clic") == expected


def test_a_turn_is_told_to_those_whose_task_it_is(go, cast):
    """At each level, an unsettled turn is in « Mes tâches » of the same people, the one who acted aside."""
    for action, name in (("submit", "manager"), OPINION, PASSED):
        go(action, name)
        waiting = {row.user_id for row in Notification.objects.filter(kind=NoticeKind.TURN, settled_at=None)}
        assert waiting == {user.pk for user in map(again, cast.values()) if user.is_active and mine(user).exists()}


def unsettled():
    return set(Notification.objects.filter(settled_at=None).values_list("kind", flat=True))


def test_each_act_settles_what_it_answers(go, step, cast):
    submitted(go)
    reviews.escalate(Seat.objects.get(passage__kind="opinion"))
    assert unsettled() == {TURN, LATE}
    go(*OPINION)
    assert {row.topic for row in Notification.objects.filter(settled_at=None)} == {
        f"seat:{Seat.objects.get(passage__kind='examination').pk}"}
    one = remark(step, cast["examiner"])
    go("return", "examiner")
    remarks.answer(one, "Voilà.", by=again(cast["manager"]))
    assert unsettled() == {TURN, ANSWER}
    submitted(go, OPINION)
    remarks.settle(one, by=again(cast["examiner"]))
    assert unsettled() == {TURN}
    go(*PASSED)
    go("approve", "director")
    assert unsettled() == {DECISION}
    go("reopen", "director", "Faux.")
    assert {row.kind for row in Notification.objects.filter(settled_at=None)} == {TURN}


def test_who_spoke_for_one_organisation_is_no_longer_awaited_for_another(go, cast, dgb):
    """« adviser » belongs to the DGB and the DNPD, both asked: they speak for the first, and once; their colleague of
    the DNPD remains."""
    blind, adviser = cast["blind"], cast["adviser"]
    colleague = factories.member(adviser.memberships.get().organisation, Role.ADVISER)
    Membership.objects.create(user=adviser, organisation=dgb, role=Role.ADVISER, starts_on="2020-01-01")
    submitted(go)
    found = Notification.objects.filter(settled_at=None)
    assert sorted(row.user_id for row in found.all()) == sorted([adviser.pk, adviser.pk, blind.pk, colleague.pk])
    go(*OPINION)
    assert [row.user_id for row in found.all()] == [colleague.pk]


def test_every_page_opens_for_the_person_told(client, go, cast, step, dossier):
    submitted(go, OPINION)
    one = remark(step, cast["examiner"])
    reviews.escalate(Seat.objects.get(passage__kind="examination"))
    go("return", "examiner")
    remarks.answer(one, "Voilà.", by=again(cast["manager"]))
    factories.published(dossier, cast["manager"])
    handovers.propose(Handover(membership=cast["manager"].memberships.get(), successor=cast["editor"]),
                      by=again(cast["manager"]))
    found = set()
    for row in Notification.objects.select_related("user"):
        client.force_login(row.user)
        found.add((row.kind, client.get(row.link).status_code))
    assert found == {(kind, 200) for kind in (TURN, LATE, ANSWER, BOOKLET, TEAM)}


def test_a_refused_act_tells_nobody(told, go):
    with pytest.raises(Exception, match="Ce n’est pas"):
        submitted(go, PASSED)
    assert unsettled() == {TURN}
    assert Notification.objects.exclude(cause__startswith="seat:").count() == 0


def test_every_act_of_the_journal_has_been_thought_of():
    """An act that is added is told to somebody, or said to be silent here."""
    telling = {"step.submit", "step.return", "step.approve", "step.reopen", "step.recall", "step.cancel_return",
               "step.opinion", "step.pass", "step.unblock", "step.skip", "step.escalate", "remark.answer",
               "booklet.publish", "booklet.withdraw", "booklet.sign", "signature.deposit", "signature.withdraw",
               "deputy.name", "deputy.end", "handover.propose", "handover.accept",
               "handover.withdraw", "handover.decline", "invitation.accept",
               "membership.add", "membership.change", "account.add", "account.change",
               "account.deactivate", "organisation.add", "organisation.change"}
    silent = {"negotiation.open", "dossier.share", "dossier.unshare", "dossier.restore", "step.start", "step.answer",
              "review.open",
              "remark.settle", "remark.maintain", "document.deposit", "document.waive", "record.add", "record.change",
              "record.remove", "roles.change", "plan.change", "total.announce", "calendar.propose",
              "calendar.change", "booklet.freeze", "booklet.abandon", "booklet.replace",
              "share.create", "share.revoke",
              "invitation.send", "invitation.resend", "invitation.revoke",
              "membership.end", "position.propose", "position.agree", "position.withdraw", "mandate.change",
              "scenario.add", "scenario.change", "scenario.remove", "scenario.adopt"}
    assert set(Action.values) == telling | silent
