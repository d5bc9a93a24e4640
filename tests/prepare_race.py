"""Run on the database of a live server: steps ready to be submitted, and a signed-in session. Prints JSON."""
import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cper.settings")
django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import transaction  # noqa: E402

from negotiation.choices import Role, State  # noqa: E402
from negotiation.models import Organisation, Phase, Step, User  # noqa: E402
from tests import factories  # noqa: E402


def session_of(user):
    store = SessionStore()
    store[SESSION_KEY], store[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    store[BACKEND_SESSION_KEY] = "negotiation.accounts.Backend"
    store.create()
    return store.session_key


@transaction.atomic
def main():
    Step.objects.update(checks=[])
    Phase.objects.update(gate=[])
    user = User.objects.get(email="responsable@kayes.example")
    council = Organisation.objects.get(memberships__user=user)
    found = []
    for first_year in (2030, 2040, 2050, 2060):
        dossier = factories.negotiation(council, user, first_year=first_year, last_year=first_year + 4, prefill=False)
        for progress in dossier.steps.select_related("step", "negotiation"):
            factories.fill_step(progress, user)
            progress.refresh_from_db()
            found.append([dossier.slug, progress.step.code, progress.version])
    still_open = factories.negotiation(council, user, first_year=2070, last_year=2074, prefill=False)
    progress = still_open.steps.select_related("step").get(step__code="B1")
    question = progress.step.questions.first().code.replace(".", "-")
    others = {one.step.code: [q.code.replace(".", "-") for q in one.step.questions.all()]
              for one in still_open.steps.select_related("step").exclude(step__code="B1")}
    dgct = Organisation.objects.get(kind="dgct")
    examined = []
    for first_year in (2080, 2090):
        dossier = factories.negotiation(council, user, first_year=first_year, last_year=first_year + 4, prefill=False)
        examined.append([[dossier.slug, one.step.code, factories.put(
            dossier, one.step.code, State.SUBMITTED, by=user).version] for one in dossier.steps.select_related("step")])
    return {"session": session_of(user), "examined": examined,
            "reviewers": [session_of(factories.member(dgct, Role.EXAMINER)) for _ in range(2)], "steps": found[:100],
            "questions": others, "open": [still_open.slug, "B1", progress.pk, question]}


if __name__ == "__main__":
    print(json.dumps(main()))
