"""What a passation says of decisions and remarks, on its page: where the reasons are, and that there were others."""
import pytest
from django.urls import reverse

from negotiation.choices import State
from negotiation.models import Handover
from negotiation.queries import handover as read
from negotiation.workflow import handovers, memberships

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


def test_a_passation_that_can_no_longer_be_accepted_is_no_task(sign_in, proposed, editor, manager):
    memberships.end(editor.memberships.get(), by=manager)
    assert "Passations à accepter" not in words(sign_in(editor).get("/taches/"))
