"""The drafts kept ready by a worker: made when a dossier has rested, once for the same change, and given at once."""
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from negotiation.choices import Action
from negotiation.documents.booklet import render
from negotiation.documents.booklet.assembly import assemble
from negotiation.documents.booklet.drafts import RECENT, REST, Drafts
from negotiation.documents.slots import Busy, slot
from negotiation.models import JournalEntry, guard
from negotiation.workflow.journal import record

from .conftest import small_dossier

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _var(settings, tmp_path):
    settings.VAR = tmp_path


@pytest.fixture
def dossier(kayes, manager):
    return small_dossier(kayes, manager)


@pytest.fixture
def passes(dossier):
    """passes(duration): as if every act had been done that long ago."""
    guard.lift(connection)
    return lambda duration: JournalEntry.objects.update(at=timezone.now() - duration)


def kept(settings):
    folder = settings.VAR / "booklets"
    return sorted(folder.glob("*.pdf")) if folder.exists() else []


def test_a_dossier_that_rests_has_its_draft_ready(dossier, manager, passes, settings):
    """Nothing while the pen runs; then one draft, which the page finds; nothing more until the next change."""
    drafts = Drafts()
    assert drafts.make_one() is None
    passes(2 * REST)
    assert drafts.make_one() == dossier
    made = kept(settings)
    assert len(made) == 1
    # No livret can be made any more, and the page still has it.
    with slot(settings.VAR / "renders", count=2, wait=0), slot(settings.VAR / "renders", count=2, wait=0), \
            render.draft(assemble(dossier), wait=0) as file:
        assert file.read() == made[0].read_bytes()
    assert drafts.make_one() is None
    record(Action.PLAN_CHANGE, dossier, by=manager, negotiation=dossier)
    assert drafts.make_one() is None
    passes(3 * REST)
    assert drafts.make_one() == dossier
    assert (len(kept(settings)), kept(settings) != made, drafts.make_one()) == (1, True, None)


def test_what_changes_nothing_of_the_livret_makes_no_draft(dossier, manager, passes):
    drafts = Drafts()
    passes(2 * REST)
    assert drafts.make_one() == dossier
    record(Action.BOOKLET_FREEZE, dossier, by=manager, negotiation=dossier)
    record(Action.SCENARIO_ADD, dossier, by=manager, negotiation=dossier)
    assert drafts.make_one() is None


def test_those_who_ask_for_one_draft_at_once_wait_for_it_and_the_fourth_is_told(dossier, settings):
    """One makes it and two wait: the threads of the site are not all taken by one button clicked in anger."""
    content, locks, asked = assemble(dossier), settings.VAR / "renders", f"{dossier.slug}-asked-"
    with slot(locks, count=3, wait=0, name=asked), slot(locks, count=3, wait=0, name=asked), \
            slot(locks, count=3, wait=0, name=asked), pytest.raises(Busy):
        render.draft(content)
    with ThreadPoolExecutor(3) as pool:
        files = list(pool.map(render.draft, [content] * 3))
    assert len({file.read() for file in files}) == len(kept(settings)) == 1


def test_an_old_dossier_is_left_alone(dossier, passes):
    passes(RECENT + timedelta(days=1))
    assert Drafts().make_one() is None


def test_a_draft_that_cannot_be_made_waits_for_the_next_change(dossier, passes, settings):
    passes(2 * REST)
    drafts = Drafts()
    with slot(settings.VAR / "renders", count=2, wait=0), slot(settings.VAR / "renders", count=2, wait=0):
        assert drafts.make_one() == dossier
    assert (kept(settings), drafts.make_one()) == ([], None)


def test_looking_costs_the_same_whatever_the_number_of_dossiers(dossier, passes, django_assert_num_queries):
    passes(2 * REST)
    with django_assert_num_queries(2):
        assert Drafts().due()[0] == dossier


def test_a_worker_without_a_queue_says_so(db):
    with pytest.raises(CommandError, match="TASKS ne vaut pas"):
        call_command("run_tasks")
