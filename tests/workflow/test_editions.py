"""Editions of the livret: what is frozen stays, one edition is in force, and the database itself refuses the rest."""
import json

import pytest
from django.db import Error, IntegrityError, connection, transaction

from negotiation import codes
from negotiation.choices import Action, EditionState
from negotiation.models import Booklet, FrozenContent, JournalEntry, edition_guard
from negotiation.workflow import booklets
from negotiation.workflow.transitions import NotAllowed

from .. import factories

pytestmark = pytest.mark.django_db


def states():
    return dict(Booklet.objects.order_by("number").values_list("number", "state"))


def test_publishing_an_edition_replaces_the_one_in_force(dossier, manager):
    first, second = factories.published(dossier, manager), factories.established(dossier, manager)
    assert states() == {1: "published", 2: "established"}
    booklets.publish(second, by=manager)
    assert states() == {1: "replaced", 2: "published"}
    first.refresh_from_db()
    assert (first.replaced_by, first.is_public) == (second, True)
    act = JournalEntry.objects.get(action=Action.BOOKLET_REPLACE)
    assert act.details == {"edition": 1, "sha256": first.sha256, "replaced_by": 2}


def test_an_older_edition_is_not_published_after_a_newer_one(dossier, manager):
    older = factories.established(dossier, manager)
    factories.published(dossier, manager)
    with pytest.raises(NotAllowed, match="L’édition 2, plus récente, a déjà été publiée"):
        booklets.publish(older, by=manager)
    assert states() == {1: "established", 2: "published"}


@pytest.mark.parametrize("state", ["replaced", "withdrawn", "published"])
def test_only_an_established_edition_is_published(dossier, manager, state):
    edition = factories.published(dossier, manager)
    if state == "replaced":
        factories.published(dossier, manager)
    elif state == "withdrawn":
        booklets.withdraw(edition, "Erreur", by=manager)
    with pytest.raises(NotAllowed, match="n’est plus possible"):
        booklets.publish(edition, by=manager)


def test_an_established_edition_is_not_withdrawn_and_a_replaced_one_may_be(dossier, manager):
    edition = factories.established(dossier, manager)
    with pytest.raises(NotAllowed, match="« établie »"):
        booklets.withdraw(edition, "Erreur", by=manager)
    booklets.publish(edition, by=manager)
    factories.published(dossier, manager)
    booklets.withdraw(edition, "Une donnée personnelle.", by=manager)
    assert states() == {1: "withdrawn", 2: "published"}


def test_the_same_content_is_not_established_twice(dossier, manager):
    factories.established(dossier, manager, "livret")
    with pytest.raises(NotAllowed, match="n’a pas changé depuis l’édition 1"):
        factories.established(dossier, manager, "livret")


@pytest.mark.parametrize("change", [{"code": "0" * 12}, {"sha256": "0" * 64}, {"size": 1}, {"number": 9}, {"pages": 9},
                                    {"grid": "autre"}, {"established_by": None},
                                    {"established_at": "2027-01-01T00:00Z"}])
def test_the_database_refuses_to_change_what_an_edition_is(dossier, manager, change):
    factories.published(dossier, manager)
    with pytest.raises(IntegrityError, match="Une édition établie ne se modifie pas"), transaction.atomic():
        Booklet.objects.update(**change)


def test_the_database_refuses_to_change_or_remove_its_content(dossier, manager):
    edition = factories.published(dossier, manager)
    tables = (edition_guard.CONTENTS, edition_guard.EDITIONS)
    statements = [f"UPDATE {tables[0]} SET text = '{{}}'", *(f"DELETE FROM {table}" for table in tables)]
    for statement in statements:
        with pytest.raises(Error, match="Une édition établie ne se modifie pas"), transaction.atomic(), \
                connection.cursor() as cursor:
            cursor.execute(statement)
    assert json.loads(FrozenContent.objects.get(pk=edition.pk).text)["slug"] == dossier.slug


def test_the_database_wants_one_edition_in_force_and_the_successor_of_a_replaced_one(dossier, manager):
    factories.published(dossier, manager)
    factories.published(dossier, manager)
    for change in ({"state": EditionState.PUBLISHED}, {"replaced_by": None},
                   {"state": EditionState.ESTABLISHED}, {"published_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Booklet.objects.filter(number=1).update(**change)


@pytest.mark.parametrize("typed", ["K7QF-2M90-TR41", "k7qf2m90tr41", " K7QF 2M9O TR4L ",
                                   "K7QF–2M9o–TR4i", "k7qf.2m90_tr4l"])
def test_a_code_is_read_as_people_type_it(typed):
    assert codes.read(typed) == "K7QF2M90TR41"
    assert codes.grouped(codes.read(typed)) == "K7QF-2M90-TR41"


@pytest.mark.parametrize("typed", ["", "K7QF", "K7QF-2M90-TR41-0", "U7QF-2M90-TR41", "É7QF2M90TR41",
                                   "K7QF'2M90TR41", "0" * 5000])
def test_what_is_no_code_is_read_as_nothing(typed):
    assert codes.read(typed) == ""


def test_codes_are_drawn_from_the_whole_alphabet():
    drawn = [codes.draw() for _ in range(200)]
    assert len(set(drawn)) == 200
    assert set("".join(drawn)) == set(codes.ALPHABET)
    assert all(codes.read(code) == code for code in drawn)
