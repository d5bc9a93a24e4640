"""Run on the database of a live server: a step with an opinion, an examination and a decision. Prints its slug."""
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cper.settings")
django.setup()

from django.db import transaction  # noqa: E402

from negotiation.choices import Nature, State  # noqa: E402
from negotiation.models import Actor, Organisation, Project, User  # noqa: E402
from negotiation.workflow import commitments, records  # noqa: E402
from negotiation.workflow.negotiations import share  # noqa: E402
from tests import factories  # noqa: E402


@transaction.atomic
def main():
    user = User.objects.get(email="responsable@exercice.example")
    team = Organisation.objects.get(memberships__user=user)
    dossier = factories.negotiation(team, user, first_year=2080, last_year=2084, nature=Nature.FICTIONAL)
    share(dossier, Organisation.objects.get(acronym="DNPD"), by=user)
    for code in ("A1", "B3"):
        factories.put(dossier, code, State.APPROVED, by=user)
    project = records.save(Project(negotiation=dossier, name="Marché à bétail", cost=300_000_000), dossier, by=user)
    state = Actor.objects.filter(negotiation=dossier, financier=True).first()
    commitments.save_plan(dossier, {(project.pk, state.pk, 2080): 300_000_000}, {}, by=user)
    factories.fill_step(dossier.steps.select_related("step", "negotiation").get(step__code="C4"), user)
    return dossier.slug


if __name__ == "__main__":
    print(main())
