"""The signed copy: two signatures on one edition make the contract signed; the database itself keeps them true."""
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import Error, IntegrityError, connection, transaction
from django.utils import timezone

from negotiation.choices import Action, Nature
from negotiation.models import Booklet, JournalEntry, Notification, Signature, signature_guard
from negotiation.queries.booklet import rows
from negotiation.workflow import booklets, signatures
from negotiation.workflow.transitions import NotAllowed

from .. import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(dossier, manager):
    return factories.published(dossier, manager)


@pytest.fixture
def both(edition, manager, director):
    return [factories.signed(edition, manager), factories.signed(edition, director, "state")]


def is_signed(number=1):
    return Booklet.objects.get(number=number).signed_at is not None


def acts():
    return list(JournalEntry.objects.filter(action__in=["signature.deposit", "signature.withdraw", "booklet.sign"]
                                            ).order_by("number").values_list("action", "subject"))


def test_the_contract_is_signed_when_both_parties_have_signed(edition, manager, director):
    first = factories.signed(edition, manager)
    assert (is_signed(), first.edition_sha256, first.deposited_for) == (False, edition.sha256,
                                                                        edition.negotiation.owner)
    factories.signed(edition, director, "state")
    assert is_signed()
    assert acts() == [("signature.deposit", "Président du Conseil régional, livret, édition 1"),
                      ("signature.deposit", "Gouverneur, livret, édition 1"), ("booklet.sign", "livret, édition 1")]
    details = JournalEntry.objects.filter(action=Action.SIGNATURE_DEPOSIT).order_by("number")[0].details
    assert details == {"edition": 1, "function": "Président du Conseil régional", "place": "Kayes",
                       "signed_on": str(timezone.localdate()), "mandate": "Délibération n° 12", "sha256": first.sha256}


def test_either_party_may_deposit_both_and_the_other_is_told(edition, manager, director):
    for party in ("region", "state"):
        factories.signed(edition, manager, party)
    assert is_signed()
    assert set(Signature.objects.values_list("deposited_for__name", flat=True)) == {edition.negotiation.owner.name}
    told = Notification.objects.filter(user=director).values_list("title", flat=True)
    assert sorted(told) == ["Contrat signé — Région de Kayes", "Signature déposée, édition 1 — Région de Kayes",
                            "Signature déposée, édition 1 — Région de Kayes"]
    assert not Notification.objects.filter(user=manager, topic__startswith="signature").exists()


def test_an_edition_is_signed_before_or_after_its_publication(dossier, manager, director):
    edition = factories.established(dossier, manager)
    for by, party in ((manager, "region"), (director, "state")):
        factories.signed(edition, by, party)
    booklets.publish(edition, by=manager)
    assert is_signed()
    factories.published(dossier, manager)
    assert (Booklet.objects.get(number=1).state, is_signed(1), is_signed(2)) == ("replaced", True, False)


def test_a_wrong_scan_is_replaced_with_its_trace_and_the_contract_stays_signed(both, edition, manager):
    since = Booklet.objects.get().signed_at
    with pytest.raises(NotAllowed, match="Dites pourquoi"):
        factories.signed(edition, manager, text="autre")
    after = factories.signed(edition, manager, text="autre", reason="Page manquante")
    before = Signature.objects.get(pk=both[0].pk)
    assert (before.ended_by, before.end_reason, before.ended_at is not None) == (manager, "Page manquante", True)
    assert Booklet.objects.get().signed_at == since
    entry = JournalEntry.objects.filter(action=Action.SIGNATURE_DEPOSIT).order_by("-number").first()
    assert (entry.reason, entry.details["replaced"], entry.details["sha256"]) == (
        "Page manquante", before.sha256, after.sha256)
    assert JournalEntry.objects.filter(action=Action.BOOKLET_SIGN).count() == 1


def test_a_signature_withdrawn_leaves_the_contract_unsigned(both, director):
    with pytest.raises(NotAllowed, match="Dites pourquoi"):
        signatures.withdraw(both[1], "  ", by=director)
    assert is_signed()
    signatures.withdraw(both[1], "Mauvaise édition", by=director, key="once")
    assert signatures.withdraw(both[1], "Mauvaise édition", by=director, key="once") is None
    assert not is_signed()
    with pytest.raises(NotAllowed, match="déjà remplacée ou retirée"):
        signatures.withdraw(both[1], "Encore", by=director)
    assert acts()[-1] == ("signature.withdraw", "Gouverneur, livret, édition 1")


def test_a_double_click_deposits_once(edition, manager):
    made = [signatures.deposit(factories.signature(edition), factories.stored_pdf("pages"), by=manager, key="once")
            for _ in range(2)]
    assert (made[1], Signature.objects.count()) == (None, 1)


def test_an_edition_that_is_withdrawn_or_older_than_the_codes_is_not_signed(edition, manager, dossier):
    booklets.withdraw(edition, "Erreur", by=manager)
    with pytest.raises(NotAllowed, match="est retirée"):
        factories.signed(edition, manager)
    old = Booklet.objects.create(negotiation=dossier, number=9, sha256="9" * 64, size=9, pages=9,
                                 established_at=timezone.now())
    with pytest.raises(NotAllowed, match="d’avant les codes"):
        factories.signed(old, manager)


def test_nobody_signs_to_come_nor_before_the_edition_exists(edition, manager):
    today = timezone.localdate()
    with pytest.raises(NotAllowed, match="à venir"):
        factories.signed(edition, manager, signed_on=today + timedelta(days=1))
    with pytest.raises(NotAllowed, match="avant"):
        factories.signed(edition, manager, signed_on=today - timedelta(days=1))
    assert not Signature.objects.exists()


@pytest.mark.parametrize("nature", [Nature.RECONSTITUTED, Nature.FICTIONAL])
def test_a_dossier_of_another_time_is_signed_at_its_own_date(edition, manager, dossier, nature):
    type(dossier).objects.update(nature=nature)
    assert factories.signed(edition, manager, signed_on=timezone.localdate().replace(year=2018)).pk


@pytest.mark.parametrize("field", ["function", "mandate"])
def test_a_signature_says_its_function_and_its_mandate(edition, manager, field):
    with pytest.raises(ValidationError):
        factories.signed(edition, manager, **{field: ""})


def test_signing_changes_nothing_of_what_the_livret_says(dossier, edition, manager, director):
    before = rows(dossier).changed_at
    for by, party in ((manager, "region"), (director, "state")):
        factories.signed(edition, by, party)
    assert rows(dossier).changed_at == before


def columns(edition, by, **changes):
    today = timezone.localdate()
    return {"booklet": edition, "party": "region", "function": "Président", "signed_on": today,
            "mandate": "Délibération", "edition_sha256": edition.sha256, "sha256": "1" * 64,
            "size": 1, "kind": "pdf", "file_name": "a.pdf", "deposited_by": by, "deposited_on": today,
            "deposited_for": edition.negotiation.owner, "deposited_at": timezone.now()} | changes


@pytest.mark.parametrize(("changes", "said"), [
    ({"edition_sha256": "0" * 64}, "porte l’empreinte de l’édition"),
    ({"mandate": ""}, "function_and_mandate"), ({"function": ""}, "function_and_mandate"),
    ({"signed_on": "2999-01-01"}, "not_in_the_future"), ({"end_reason": "Seul"}, "ended_with_a_reason")])
def test_the_database_itself_refuses_a_signature_that_is_not_true(edition, manager, changes, said):
    with pytest.raises(IntegrityError, match=said), transaction.atomic():
        Signature.objects.create(**columns(edition, manager, **changes))


def test_the_database_keeps_one_signature_of_each_party(edition, manager):
    factories.signed(edition, manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.create(**columns(edition, manager))


@pytest.mark.parametrize("change", [{"function": "Maire"}, {"sha256": "0" * 64}, {"signed_on": "2020-01-01"},
                                    {"edition_sha256": "0" * 64}])
def test_the_database_refuses_to_change_a_signature(edition, manager, change):
    factories.signed(edition, manager)
    with pytest.raises(IntegrityError, match="ne se modifie pas"), transaction.atomic():
        Signature.objects.update(**change)


def test_the_database_refuses_to_bring_back_or_remove_a_signature(edition, manager):
    signature = factories.signed(edition, manager)
    signatures.withdraw(signature, "Erreur", by=manager)
    with pytest.raises(IntegrityError, match="ne se modifie pas"), transaction.atomic():
        Signature.objects.update(ended_at=None, ended_by=None, end_reason="")
    with pytest.raises(Error, match="ne s’efface pas"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {signature_guard.SIGNATURES}")


def test_the_database_refuses_a_contract_signed_by_one_party(edition, manager):
    factories.signed(edition, manager)
    with pytest.raises(IntegrityError, match="quand les deux parties"), transaction.atomic():
        Booklet.objects.update(signed_at=timezone.now())


def test_the_database_refuses_to_end_a_signature_of_a_signed_contract(both, manager):
    with pytest.raises(IntegrityError, match="se remplace ou se retire"), transaction.atomic():
        Signature.objects.filter(pk=both[0].pk).update(ended_at=timezone.now(), ended_by=manager, end_reason="Non")


def test_the_guard_may_be_lifted_and_put_back(both):
    signature_guard.lift(connection)
    Signature.objects.filter(pk=both[0].pk).update(function="Maire")
    signature_guard.install(connection)
    with pytest.raises(IntegrityError, match="ne se modifie pas"), transaction.atomic():
        Signature.objects.update(function="Président")
