"""Run on the database of a live server for tests/test_crash.py: steps to submit, then what the crashes have left."""
import hashlib
import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cper.settings")
django.setup()

from django.db import transaction  # noqa: E402

from negotiation import elements  # noqa: E402
from negotiation.files.storage import path_of  # noqa: E402
from negotiation.models import DocumentVersion, Organisation, Phase, Step, StepProgress, User  # noqa: E402
from tests import factories  # noqa: E402
from tests.prepare_race import session_of  # noqa: E402

# Twenty dossiers of three years, until 2099.
FIRST_YEAR, YEARS = 2040, 3


@transaction.atomic
def prepare(number):
    """{session, steps: [[slug, code, version]]}: `number` steps that lack nothing to be submitted."""
    Step.objects.update(checks=[])
    Phase.objects.update(gate=[])
    user = User.objects.get(email="responsable@kayes.example")
    council = Organisation.objects.get(memberships__user=user)
    found, first_year = [], FIRST_YEAR
    while len(found) < number:
        dossier = factories.negotiation(council, user, first_year=first_year, last_year=first_year + YEARS - 1,
                                        prefill=False)
        for progress in dossier.steps.select_related("step"):
            factories.complete(progress, user)
            found.append([dossier.slug, progress.step.code, progress.version])
        first_year += YEARS
    return {"session": session_of(user), "steps": found[:number]}


def check(told):
    """{violations: […], submitted, deposited}. told: [[slug, code, act, title]] of the posts that were answered 302."""
    steps = {(one.negotiation.slug, one.step.code): one for one in StepProgress.objects.filter(
        negotiation__first_year__gte=FIRST_YEAR).select_related("negotiation", "step")}
    violations = [fault for place, step in steps.items() for fault in faults(place, step)]
    for slug, code, act, title in told:
        step = steps[slug, code]
        kept = step.state == "submitted" if act == "submit" else step.documents.filter(title=title).exists()
        if not kept:
            violations.append(f"{slug} {code}: {act} was confirmed and is lost")
    return {"violations": violations, "submitted": sum(step.state == "submitted" for step in steps.values()),
            "deposited": DocumentVersion.objects.filter(document__progress__in=steps.values()).count()}


def faults(place, step):
    """What is half done in one step."""
    submissions = list(step.submissions.all())
    acts = list(step.journal.values_list("action", flat=True))
    done = (len(submissions), [bool(one.closed_at) for one in submissions], acts.count("step.submit"))
    wanted = (1, [False], 1) if step.state == "submitted" else (0, [], 0)
    if done != wanted or step.state not in ("submitted", "draft", "todo"):
        yield f"{place} {step.state}: {done}"
    for submission in submissions:
        opened = [passage for passage in submission.passages.all() if passage.opened_at and not passage.closed_at]
        if len(opened) != 1 or not opened[0].seats.filter(asked_at__isnull=False).exists():
            yield f"{place}: nobody is asked"
        if elements.fingerprint(submission.content) != submission.sha256:
            yield f"{place}: the snapshot is not what was fingerprinted"
        if submission.content != json.loads(json.dumps(elements.content(elements.of_step(step)))):
            yield f"{place}: the snapshot is not the content"
    versions = list(DocumentVersion.objects.filter(document__progress=step))
    if acts.count("document.deposit") != len(versions):
        yield f"{place}: {len(versions)} versions, {acts.count('document.deposit')} deposits told"
    for version in versions:
        path = path_of(version.sha256)
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != version.sha256:
            yield f"{place}: the file of version {version.pk} is not there"


if __name__ == "__main__":
    command, argument = sys.argv[1:]
    print(json.dumps(prepare(int(argument)) if command == "prepare" else check(json.loads(argument))))
