"""The generated data set: 20 Regions × 10 negotiations, filled as real ones are."""
import itertools
import time
from datetime import date

from django.core.management import call_command
from django.db import connection, transaction

from negotiation.choices import OrganisationKind, Role, State
from negotiation.models import (
    Answer,
    Contribution,
    Difficulty,
    Event,
    Negotiation,
    Obligation,
    Project,
    Question,
    Region,
    User,
    guard,
)
from tests import factories

from . import journal

STATES = itertools.cycle([State.APPROVED, State.SUBMITTED, State.DRAFT, State.RETURNED, State.TODO])
ANSWER = "Les élus ont examiné ce point en session ; la réponse tient compte des avis des communes. " * 4


def load():
    """Load the demonstration and the generated dossiers; one line that says what was made, and how long it took."""
    start = time.perf_counter()
    call_command("demo", verbosity=0)
    generate()
    return f"Données : {Negotiation.objects.count()} négociations, {Answer.objects.count()} réponses, " \
           f"{Contribution.objects.count()} contributions ({time.perf_counter() - start:.0f} s).\n"


@transaction.atomic
def generate():
    by = User.objects.get(email="responsable@kayes.example")
    questions = list(Question.objects.select_related("step"))
    guard.lift(connection)
    for region in Region.objects.all():
        council = factories.organisation(f"Conseil de {region.name} (mesure)", OrganisationKind.COUNCIL, region)
        for number in range(10):
            dossier = factories.negotiation(council, by, first_year=2024 + 5 * number, last_year=2028 + 5 * number)
            fill(dossier, by, questions)
            journal.fill(dossier, by, journal.ENTRIES // 200)
    guard.install(connection)
    user = factories.member(factories.organisation("DGCT (mesure)", OrganisationKind.DGCT), Role.DIRECTOR)
    user.email = "mesure@dgct.example"
    user.save()


def fill(dossier, by, questions):
    steps = list(dossier.steps.select_related("step"))
    by_step = {progress.step_id: progress for progress in steps}
    for progress in steps:
        progress.state = next(STATES)
        progress.return_reason = "À préciser." if progress.state == State.RETURNED else ""
    type(steps[0]).objects.bulk_update(steps, ["state", "return_reason"])
    Answer.objects.bulk_create(Answer(progress=by_step[q.step_id], question=q, text=ANSWER, saved_by=by)
                               for q in questions)
    Event.objects.bulk_create(Event(negotiation=dossier, progress=progress, date=date(dossier.first_year - 1, 3, n),
                                    kind="meeting", title=f"Séance {n}", decisions=ANSWER)
                              for n, progress in enumerate(steps[:20], 1))
    Difficulty.objects.bulk_create(Difficulty(negotiation=dossier, progress=progress, family="technical", what=ANSWER)
                                   for progress in steps[:10])
    actors = list(dossier.actors.all()[:8])
    projects = Project.objects.bulk_create(Project(negotiation=dossier, name=f"Projet {n}", order=n, cost=10**9)
                                           for n in range(6))
    Contribution.objects.bulk_create(Contribution(project=project, financier=actor, year=year, amount=10**7 + year)
                                     for project in projects for actor in actors[:4] for year in dossier.years)
    Obligation.objects.bulk_create(Obligation(negotiation=dossier, party=actor, what=ANSWER) for actor in actors)
