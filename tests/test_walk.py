"""A random walk of people and acts on one step, compared after each act with a small model of the rules (walk.py).

WALK_STEPS acts (300 unless told otherwise; 10 000 in `make soak`), on a new dossier every 60, always the same walk
unless WALK_SEED names another.
"""
import os
import random

import pytest
from django.db import transaction
from django.utils import timezone

from negotiation import permissions
from negotiation.choices import OrganisationKind, Role
from negotiation.models import GridActor, Phase, Remark, Seat, Step
from negotiation.queries import tasks
from negotiation.queries.examinations import of_step
from negotiation.workflow import moves, remarks, reviews, steps
from negotiation.workflow.chain import verify
from negotiation.workflow.negotiations import share
from negotiation.workflow.transitions import NotAllowed

from . import factories
from .walk import DGCT, OPINIONS, REGION, VERDICTS, Model

STEPS, PER_DOSSIER = int(os.environ.get("WALK_STEPS", "300")), 60
SEED = int(os.environ.get("WALK_SEED", "20261125"))
ON_STEP = ("submit", "recall", *sorted(OPINIONS), *sorted(VERDICTS), "cancel_return", "skip", "unblock",
           "unblock_return", "reopen")
ON_REMARK = ("settle", "maintain", "answer", "discard")
ASIDE = ("open", "remark", "remark", "edit", "late")
# The rights that the addresses of these acts ask for.
RIGHTS = {"open": "remark.write", "remark": "remark.write", "settle": "remark.write", "maintain": "remark.write",
          "discard": "remark.write", "answer": "remark.answer", "edit": "dossier.write"}


@pytest.fixture
def people(kayes, manager, examiner, director, dgct):
    Step.objects.update(checks=[])
    Phase.objects.update(gate=[])
    service = factories.organisation("DNPD", OrganisationKind.SERVICE)
    service.grid_actor = GridActor.objects.get(code="dnpd")
    service.save()
    platform = factories.organisation("Application", OrganisationKind.PLATFORM)
    return {"manager": manager, "deputy": factories.member(kayes, Role.MANAGER),
            "adviser": factories.member(service, Role.ADVISER), "examiner": examiner,
            "colleague": factories.member(dgct, Role.EXAMINER), "director": director,
            "administrator": factories.member(platform, Role.ADMINISTRATOR)}


class Walk:
    """The application's side: one step of a new dossier, and its remarks in the order in which they were written."""

    def __init__(self, people):
        self.people, self.written, self.number = people, [], 0
        self.dossier = factories.negotiation(people["manager"].current_memberships[0].organisation, people["manager"])
        share(self.dossier, people["adviser"].current_memberships[0].organisation, by=people["manager"])
        self.step = self.dossier.steps.select_related("step__phase", "negotiation").get(step__code="C4")
        self.dossier.is_advised = False
        factories.complete(self.step, people["manager"])
        steps.start(self.step, by=people["manager"])
        self.step.refresh_from_db()

    def seen_by(self, who):
        """The step as the person's page has it."""
        self.step.refresh_from_db()
        self.step.negotiation = self.dossier
        self.dossier.is_advised = who == "adviser"
        return self.step

    def carry_out(self, who, action, reason, number):
        """Is it done? As the views do: the right, then the act."""
        user, step = self.people[who], self.seen_by(who)
        self.number += 1
        if action == "late":
            return self.let_time_pass()
        if not permissions.can(user, RIGHTS.get(action, f"step.{action}"), self.dossier):
            return False
        target = self.written[number] if number is not None else None
        try:
            self.act(user, step, action, reason, target)
        except (NotAllowed, Remark.DoesNotExist):
            return False
        return True

    def act(self, user, step, action, reason, target):
        text = f"Texte {self.number}."
        if target and not reviews.is_of_side(target, user) and action != "answer":
            raise NotAllowed("Seule l’organisation qui l’a écrite.")
        if action == "remark":
            self.written.append(remarks.write(step, "step", problem=text, request=text, by=user))
        elif action in ON_REMARK:
            act = getattr(remarks, action)
            act(target, by=user) if action in ("settle", "discard") else act(target, text, by=user)
        elif action == "open":
            reviews.open_review(step, by=user)
        elif action == "edit":
            steps.start(step, by=user)
        else:
            moves.move(step, action, by=user, version=step.version, reason=reason)

    def let_time_pass(self):
        today = timezone.localdate()
        Seat.objects.filter(passage__submission__progress=self.step, passage__closed_at=None, asked_at__isnull=False,
                            passage__submission__closed_at=None, voice="").update(
            due_on=today.replace(year=today.year - 1, day=1))
        for seat in reviews.late(today):
            reviews.escalate(seat)
        return self.step.state == "submitted"

    def shown(self):
        """All that the model tells, read from the application."""
        states = dict(Remark.objects.filter(progress=self.step).values_list("pk", "state"))
        step = self.seen_by("manager")
        submission = step.submissions.first()
        under = step.state == "submitted"
        passage = submission and submission.passages.filter(opened_at__isnull=False, closed_at=None).first()
        examination = of_step(step)
        return {
            "state": step.state, "remarks": [states.get(one.pk, "gone") for one in self.written],
            "level": passage.get_kind_display() if passage and under else "",
            "opened": bool(under and submission.opened_at),
            "submitter": submission.submitted_by_id if submission and under else None,
            # One form gives any of the three opinions.
            "offers": {who: {act for offer in permissions.moves(user, self.seen_by(who), examination)
                             for act in (OPINIONS if offer.action == "opinion" else {offer.action})}
                       for who, user in self.people.items()},
            "tasks": {who for who, user in self.people.items()
                      if tasks.mine(user).filter(passage__submission__progress=step).exists()},
        }


def expected(model, people):
    under = model.state == "submitted"
    return {
        "state": model.state, "remarks": model.remarks,
        "level": ("avis", "examen", "décision")[model.level] if under else "", "opened": under and model.opened,
        "submitter": people[model.submitter].pk if under else None,
        "offers": {who: model.offered(who) for who in people}, "tasks": {who for who in people if model.speaks(who)},
    }


def draw(rng, model, people):
    """(who, action, reason, number of a remark): an act that is offered two times in three, or anything."""
    offers = [(who, action) for who in people for action in sorted(model.offered(who))]
    who, action = rng.choice(offers) if offers and rng.random() < 0.45 else (
        rng.choice(sorted(people)), rng.choice((*ON_STEP, *ON_REMARK * 2, *ASIDE * 2)))
    if action in ON_REMARK + ASIDE and rng.random() < 0.8:
        who = rng.choice(sorted(REGION if action in ("answer", "edit") else DGCT))
    number = rng.randrange(len(model.remarks)) if action in ON_REMARK and model.remarks else None
    return who, action, rng.choice(("", "Motif.")), number


def test_a_random_walk_never_leaves_the_rules(people):
    rng, done = random.Random(SEED), 0
    for begin in range(0, STEPS, PER_DOSSIER):
        with transaction.atomic():
            done += stroll(rng, people, min(PER_DOSSIER, STEPS - begin))
            transaction.set_rollback(True)
    # Neither a walk of refusals only, nor one where everything is allowed.
    assert STEPS / 5 < done < STEPS


def stroll(rng, people, length):
    """How many acts were carried out on one dossier."""
    walk, model, told, done = Walk(people), Model(), [], 0
    for _ in range(length):
        who, action, reason, number = draw(rng, model, people)
        if action in ON_REMARK and number is None:
            continue
        wanted = model.may(who, action, reason, number)
        found = walk.carry_out(who, action, reason, number)
        told.append((who, action, reason, number, found))
        assert found == wanted, f"WALK_SEED={SEED}: {told}"
        if found:
            done += 1
            model.carry_out(who, action, number)
        assert walk.shown() == expected(model, people), f"WALK_SEED={SEED}: {told}"
    assert verify(walk.dossier)[1] is None
    return done
