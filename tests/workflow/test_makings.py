"""The making of an edition: one process at a time, one edition in the end, whatever a late process still writes."""
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from negotiation.choices import MakingState
from negotiation.documents.booklet import editions
from negotiation.models import Booklet, Making
from negotiation.models.making import LEASE
from negotiation.workflow import booklets, makings
from negotiation.workflow.transitions import NotAllowed

from .. import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(dossier, manager):
    return editions.ask(dossier, by=manager)


def silence():
    Making.objects.update(seen_at=timezone.now() - 2 * LEASE)


def test_only_one_process_holds_it(asked):
    held = makings.take(asked.pk)
    assert (held.state, held.attempts) == (MakingState.GATHERING, 1)
    assert makings.take(asked.pk) is None
    assert makings.retry(asked.negotiation, 1) is None
    silence()
    other = makings.take(asked.pk)
    assert (other.attempts, other.holder != held.holder) == (2, True)


def test_a_process_that_was_silent_too_long_writes_nothing_any_more(asked):
    late = makings.take(asked.pk)
    silence()
    other = makings.take(asked.pk)
    with pytest.raises(makings.Lost):
        makings.advance(late, MakingState.WRITING)
    late.seen_at = timezone.now() - LEASE
    with pytest.raises(makings.Lost):
        makings.beat(late)
    with pytest.raises(makings.Lost):
        makings.finish(late, factories.pdf_bytes("late"))
    makings.fail(late, "Trop tard.")
    assert (Making.objects.get().state, Booklet.objects.count()) == (MakingState.GATHERING, 0)
    edition = makings.finish(other, factories.pdf_bytes("made"))
    assert (edition.number, edition.code) == (1, asked.code)
    with pytest.raises(makings.Lost):
        makings.finish(late, factories.pdf_bytes("late"))
    assert (Booklet.objects.count(), makings.take(asked.pk)) == (1, None)


def test_what_was_given_up_is_not_made(asked, dossier, manager):
    held = makings.take(asked.pk)
    makings.abandon(dossier, 1, by=manager)
    with pytest.raises(makings.Lost):
        makings.finish(held, factories.pdf_bytes())
    assert Booklet.objects.count() == 0


def test_a_sign_of_life_is_written_from_time_to_time_only(asked, django_assert_num_queries):
    held = makings.take(asked.pk)
    with django_assert_num_queries(0):
        makings.beat(held)
    silence()
    held.refresh_from_db()
    makings.beat(held)
    assert not Making.objects.get().is_silent


def test_the_same_content_is_not_asked_for_twice(dossier, manager, asked):
    makings.finish(makings.take(asked.pk), factories.pdf_bytes())
    with pytest.raises(NotAllowed, match="n’a pas changé depuis l’édition 1"):
        editions.ask(dossier, by=manager)


@pytest.mark.parametrize("change", [{"state": "failed"}, {"failure": "Pourquoi"}, {"holder": "x"}, {"state": "layout"}])
def test_the_database_wants_a_reason_and_a_holder(asked, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Making.objects.update(**change)


def test_a_dossier_has_one_making(asked, dossier):
    with pytest.raises(IntegrityError), transaction.atomic():
        Making.objects.create(negotiation=dossier, number=2, code="0" * 12, at=timezone.now(), format=1,
                              sha256="0" * 64, text="{}", seen_at=timezone.now())


def notices(user):
    """(title, is it over?) of what this person was told, in order."""
    return [(row.title, row.settled_at is not None) for row in user.notifications.order_by("pk")]


def test_who_asked_is_told_when_a_worker_has_made_it_or_could_not(asked, dossier, manager, settings):
    settings.QUEUED = True
    makings.fail(makings.take(asked.pk), "La mise en page a pris trop de temps.")
    stopped = f"Édition 1 non faite — {dossier.region}"
    assert notices(manager) == [(stopped, False)]
    assert "La mise en page a pris trop de temps." in manager.notifications.get().text
    makings.retry(dossier, 1)
    assert notices(manager) == [(stopped, True)]
    edition = makings.finish(makings.take(asked.pk), factories.pdf_bytes("made"))
    ready = f"Édition 1 prête à relire — {dossier.region}"
    assert notices(manager) == [(stopped, True), (ready, False)]
    booklets.publish(edition, by=manager)
    assert notices(manager) == [(stopped, True), (ready, True)]


def test_in_the_embedded_form_the_page_has_answered_already(asked, manager):
    makings.finish(makings.take(asked.pk), factories.pdf_bytes("made"))
    assert notices(manager) == []


def test_who_gives_up_a_making_that_failed_has_nothing_left_to_read(asked, dossier, manager, settings):
    settings.QUEUED = True
    makings.fail(makings.take(asked.pk), "Panne.")
    makings.abandon(dossier, 1, by=manager)
    assert notices(manager) == [(f"Édition 1 non faite — {dossier.region}", True)]
