"""The confidential mandate: written, changed, refused when somebody else changed it, and told without its values."""
import pytest
from django.core.exceptions import ValidationError

from negotiation.models import JournalEntry, Mandate, Project
from negotiation.workflow import mandates, records
from negotiation.workflow.transitions import NotAllowed
from tests import factories


@pytest.fixture
def project(dossier):
    return Project.objects.create(negotiation=dossier, name="Piste de Kléla")


def acts(dossier):
    return list(JournalEntry.objects.filter(negotiation=dossier, action="mandate.change").order_by("pk").values_list(
        "subject", "details"))


def test_a_mandate_is_written_then_changed(dossier, project, editor, manager):
    mandates.save_mandate(Mandate(project=project, floor=500), dossier, by=editor, base=mandates.fingerprint(Mandate()))
    stored = mandates.save_mandate(Mandate(project=project, floor=500, arguments="Le pont."), dossier, by=manager)
    mandates.save_mandate(Mandate(project=project, floor=500, arguments="Le pont."), dossier, by=manager)
    assert list(Mandate.objects.values_list("pk", "floor", "concessions", "arguments")) == [
        (stored.pk, 500, "", "Le pont.")]
    assert acts(dossier) == [("mandat sur « Piste de Kléla »", {"fields": "plancher (FCFA)"}),
                             ("mandat sur « Piste de Kléla »", {"fields": "arguments"})]


def test_a_double_click_writes_once_and_another_content_is_another_act(dossier, project, editor):
    for floor in (500, 500, 600):
        mandates.save_mandate(Mandate(project=project, floor=floor), dossier, by=editor, key="k")
    assert (Mandate.objects.get().floor, len(acts(dossier))) == (600, 2)


def test_a_mandate_changed_meanwhile_is_not_overwritten(dossier, project, editor, manager):
    mandates.save_mandate(Mandate(project=project, floor=500), dossier, by=manager)
    with pytest.raises(mandates.Changed, match=f"modifié par {manager.name} depuis") as refusal:
        mandates.save_mandate(Mandate(project=project, floor=600), dossier, by=editor,
                              base=mandates.fingerprint(Mandate()))
    assert (refusal.value.current.floor, Mandate.objects.get().floor) == (500, 500)


def test_a_project_of_another_dossier_is_refused(dossier, editor, stranger):
    other = factories.negotiation(stranger.current_memberships[0].organisation, stranger)
    theirs = Project.objects.create(negotiation=other, name="Ailleurs")
    with pytest.raises(NotAllowed, match="n’est plus dans le dossier"):
        mandates.save_mandate(Mandate(project=theirs, floor=1), dossier, by=editor)


def test_an_impossible_floor_is_refused(dossier, project, editor):
    with pytest.raises(ValidationError, match="Le plancher est un montant positif."):
        mandates.save_mandate(Mandate(project=project, floor=-5), dossier, by=editor)
    assert (Mandate.objects.count(), acts(dossier)) == (0, [])


def test_a_project_is_not_removed_with_what_its_mandate_says(dossier, project, manager):
    mandates.save_mandate(Mandate(project=project, arguments="Le pont."), dossier, by=manager)
    with pytest.raises(NotAllowed, match="porte un mandat confidentiel"):
        records.remove(project, dossier, by=manager)
    mandates.save_mandate(Mandate(project=project), dossier, by=manager)
    records.remove(project, dossier, by=manager)
    assert (Project.objects.count(), Mandate.objects.count()) == (0, 0)
