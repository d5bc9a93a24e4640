"""What people are told, written in the transaction of the act it tells: to whoever may act next, never to who acted.

Nothing is told of a draft, nor to the Region of what reviewers write before the decision. What an act settles is
settled here too: a mail that has not left then never leaves.
"""
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from ..choices import USUAL_FREQUENCY, Frequency, LevelKind, NoticeKind, Outcome, RemarkState, State, Voice
from ..dates import NBSP, spoken
from ..elements import SAID, shared_parts
from ..models import Notification, NotificationChoice, Passage, Remark, Reply, Seat, Submission
from . import audience
from .locks import for_update

LONGEST, MOST_REMARKS = 500, 10
FATES = {True: "n’est pas envoyée à la Région et reste en brouillon dans l’écran d’examen.", False: "est levée."}
ASKED = {LevelKind.OPINION: "Avis attendu", LevelKind.EXAMINATION: "Examen attendu",
         LevelKind.DECISION: "Décision attendue"}


def tell(users, kind, cause, title, text, link, *, by=None, topic="", progress=None, negotiation=None):
    """One row for each of these people; the one who acted, and whoever was told of this cause already, get none."""
    negotiation = progress.negotiation if progress else negotiation
    now = timezone.now()
    Notification.objects.bulk_create([
        Notification(user=user, kind=kind, negotiation=negotiation, progress=progress, cause=cause, topic=topic,
                     title=line(title)[:200], text=text, link=link, created_at=now)
        for user in users if by is None or user.pk != by.pk], ignore_conflicts=True)


def settle(**which):
    """What these notifications were about is over: they ask for nothing more, and no mail tells them."""
    write(Notification.objects.filter(settled_at__isnull=True, **which), settled_at=timezone.now())


def write(rows, **values):
    """In order: two acts, or an act and a reader, never wait for each other in a circle."""
    found = list(for_update(rows).order_by("pk").values_list("pk", flat=True))
    if found:
        Notification.objects.filter(pk__in=found).update(**values)


def call_off(topics, cause, title, text, link, *, by, progress=None, topic=""):
    """Settle, and tell it to those who had read what is called off, or had received the mail: to nobody else.
    topic: what may settle it in turn.
    """
    aware = {row.user for row in Notification.objects.known(topics).select_related("user")}
    settle(topic__in=topics)
    seeing = [user for user in aware if audience.sees(user, progress and progress.negotiation)]
    kind = NoticeKind.TURN if progress else NoticeKind.TEAM
    tell(seeing, kind, cause, title, text, link, by=by, progress=progress, topic=topic)


# Words

def line(text):
    return " ".join(str(text).split())


def quoted(text):
    """What somebody wrote, on one line and cut: it can neither pass for our words nor make a mail endless."""
    words = line(text)
    return f"«{NBSP}{words if len(words) <= LONGEST else words[:LONGEST].rstrip() + '…'}{NBSP}»"


def of_step(progress):
    """« étape A1 (Faire connaître…), Contrat-plan 2027-2031, Région de Kayes »"""
    dossier = progress.negotiation
    return f"étape {progress.step.code} ({progress.step.title}), {dossier.title}, {dossier.region}"


def headed(words, progress):
    return f"{words} {progress.step.code} — {progress.negotiation.region}"


def page_of(progress, name="step"):
    return reverse(name, args=[progress.negotiation.slug, progress.step.code])


def day(date):
    return spoken(date) if date else ""


# The examination of a step

def seat_topic(seat):
    return f"seat:{seat.pk}"


def over_topic(passage):
    return f"over:{passage.pk}"


def off_topic(progress):
    """« Plus rien n’est attendu de vous », until something is again, as for `over_topic`."""
    return f"off:{progress.pk}"


def delay_topic(seat):
    """Opinions awaited for the same day are passed over by one act: their delay is one thing."""
    together = seat.passage.kind == LevelKind.OPINION
    return f"delay:{seat.passage_id}:{seat.due_on}" if together else seat_topic(seat)


def topics_of(seats):
    return {topic for seat in seats for topic in (seat_topic(seat), delay_topic(seat))}


def step_topic(progress):
    return f"step:{progress.pk}"


def remark_topic(remark):
    return f"remark:{remark.pk}"


def moved(progress, submission, *, by, again="", why=""):
    """After any act of an examination: settle what waits no more, tell who is awaited now, or the Region at the end.

    again: what makes one more cause of a seat that is awaited a second time; why: a level was passed over, and the
    reason that was written.
    """
    seats = list(Seat.objects.filter(passage__submission=submission).select_related(
        "organisation", "passage__submission"))
    waiting = [] if submission.closed_at else [s for s in seats if s.is_waited_for and not s.passage.closed_at]
    settle(topic__in={step_topic(progress), *topics_of(seats)} - topics_of(waiting))
    # One person speaks once: another seat of theirs asks nothing of them any more.
    settle(topic__in=topics_of(waiting), user=by)
    for seat in waiting:
        if seat.escalated_at:
            Notification.objects.filter(topic=delay_topic(seat), kind=NoticeKind.LATE, settled_at__isnull=True).update(
                text=delay_of(seat, waiting, progress))
    if not submission.closed_at and not any(audience.at_seat(seat, progress).exists() for seat in waiting):
        stuck(progress, submission, by=by)
    off = [off_topic(progress), *(over_topic(one) for one in Passage.objects.filter(
        submission__progress=progress).exclude(submission=submission))]
    for seat in waiting:
        asked(seat, progress, submission, by=by, again=again, why=why, off=off)
    if submission.outcome in {Outcome.RETURNED, Outcome.APPROVED}:
        settle(progress=progress, cause__startswith="reply:")
        settle(topic=off_topic(progress), user__in=list(audience.team(progress.negotiation)))
        if submission.outcome == Outcome.RETURNED:
            returned(progress, submission, by=by)
        else:
            approved(progress, submission, by=by, why=why)


def stuck(progress, submission, *, by, again=""):
    """Nobody may speak at the level now open: the administrators are told at once, and nobody waits for a delay."""
    passage = submission.passages.filter(opened_at__isnull=False, closed_at__isnull=True).first()
    text = (f"Personne ne peut se prononcer{NBSP}: {of_step(progress)}. Ceux qui le pourraient ont déjà eu une part "
            "dans cette soumission, ou le dossier leur est fermé, ou il n’y a personne. Vous pouvez débloquer l’étape, "
            "avec un motif.")
    cause = f"stuck:{submission.pk}:{passage.pk if passage else 0}:{progress.version}{again}"
    people = list(audience.administrators(progress.negotiation))
    settle(topic=off_topic(progress), user__in=people)
    tell(people, NoticeKind.TURN, cause, headed("À débloquer, étape", progress), text,
         page_of(progress, "review"), by=by, topic=step_topic(progress), progress=progress)


def unblocked(why):
    """The line that says why nobody was waited for any longer, "" when somebody had spoken."""
    return f"\nIl a été passé outre ce qui était attendu. Motif{NBSP}: {quoted(why)}" if why else ""


def asked(seat, progress, submission, *, by, again, why, off):
    """off: the topics of what said, in earlier submissions, that nothing was awaited."""
    words = ASKED[seat.passage.kind]
    text = (f"{words} avant le {day(seat.due_on)} ({seat.organisation}){NBSP}: {of_step(progress)}, "
            f"soumission n°{NBSP}{submission.number} du {day(timezone.localtime(submission.submitted_at))}."
            f"{unblocked(why)}")
    people = list(audience.at_seat(seat, progress, roles=audience.usual(seat)))
    settle(topic__in=off, user__in=people)
    standing = set(asks_of(seat).filter(settled_at__isnull=True).values_list("user", flat=True))
    tell([user for user in people if user.pk not in standing], NoticeKind.TURN, f"{seat_topic(seat)}{again}",
         headed(f"{words}{NBSP}: étape", progress), text, page_of(progress, "review"), by=by,
         topic=seat_topic(seat), progress=progress)


def asks_of(seat):
    return Notification.objects.filter(topic=seat_topic(seat), kind=NoticeKind.TURN)


def returned(progress, submission, *, by):
    """To the team of the Region, with all that it needs to begin: the reason and what is asked."""
    told = [f"À corriger{NBSP}: {of_step(progress)}."]
    seats = Seat.objects.returning(submission).exclude(reasons="").select_related("organisation").order_by(
        "given_at", "order")
    if len(seats) > 1:
        told += [f"Motif ({one.organisation}){NBSP}: {quoted(one.reasons)}" for one in seats]
    elif progress.return_reason:
        told.append(f"Motif{NBSP}: {quoted(progress.return_reason)}")
    remarks = list(Remark.objects.filter(progress=progress, state=RemarkState.OPEN).order_by("pk"))
    if remarks:
        told.append(f"Observations{NBSP}: {len(remarks)}. Répondez à chacune avant de soumettre de nouveau.")
    maintained = Reply.objects.last_of_reviewers(remarks)
    for one in remarks[:MOST_REMARKS]:
        message = f" Maintenue{NBSP}: {quoted(maintained[one.pk])}" if one.pk in maintained else ""
        told.append(f"- {one.label}{NBSP}: {quoted(one.problem)} Demandé{NBSP}: {quoted(one.request)}{message}")
    if len(remarks) > MOST_REMARKS:
        told.append(f"- et {len(remarks) - MOST_REMARKS} autres.")
    tell(audience.team(progress.negotiation), NoticeKind.TURN, f"return:{submission.pk}:{progress.version}",
         headed("À corriger, étape", progress), "\n".join(told), page_of(progress), by=by,
         topic=step_topic(progress), progress=progress)


def approved(progress, submission, *, by, why=""):
    text = f"Approuvée{NBSP}: {of_step(progress)}, soumission n°{NBSP}{submission.number}.{unblocked(why)}"
    tell(audience.team(progress.negotiation), NoticeKind.DECISION, f"approval:{submission.pk}",
         headed("Approuvée, étape", progress), text, page_of(progress), by=by, topic=step_topic(progress),
         progress=progress)


def reopened(progress, *, by):
    settle(topic=step_topic(progress))
    text = f"Rouverte, à corriger{NBSP}: {of_step(progress)}.\nMotif{NBSP}: {quoted(progress.return_reason)}"
    tell(audience.team(progress.negotiation), NoticeKind.TURN, f"reopen:{progress.pk}:{progress.version}",
         headed("Rouverte, étape", progress), text, page_of(progress), by=by, topic=step_topic(progress),
         progress=progress)


def changed_since(negotiation, part, *, by):
    """A shared part of the dossier changes after steps that had examined it were approved: told once per approved
    submission, to those who gave its voices. What follows is on the page of the step, from the journal."""
    approved = Submission.objects.filter(
        progress__negotiation=negotiation, progress__state=State.APPROVED, outcome=Outcome.APPROVED,
        closed_at=F("progress__changed_at")).select_related("progress__step").defer("content")
    told = set(Notification.objects.filter(negotiation=negotiation, cause__startswith="after:").values_list(
        "cause", flat=True)) if approved else ()
    for submission in approved:
        progress, cause = submission.progress, f"after:{submission.pk}"
        if part not in shared_parts(progress.step) or cause in told:
            continue
        progress.negotiation = negotiation
        spoken = Seat.objects.filter(passage__submission=submission, given_by__isnull=False).exclude(
            voice=Voice.SKIPPED)
        text = (f"La Région modifie {SAID[part]} depuis l’approbation du "
                f"{day(timezone.localtime(submission.closed_at))}{NBSP}: {of_step(progress)}. Rien n’est attendu de "
                "vous ; la page de l’étape dira les changements qui suivront.")
        tell(audience.reviewers(negotiation, spoken.values("organisation"), audience.SPEAKING,
                                user__in=spoken.values("given_by")),
             NoticeKind.CHANGED, cause, headed("Dossier modifié depuis l’approbation, étape", progress), text,
             page_of(progress), by=by, topic=step_topic(progress), progress=progress)


def recalled(progress, submission, *, by):
    """The Region has taken its submission back: those who knew of it have nothing to do any more."""
    seats = Seat.objects.filter(passage__submission=submission).select_related("passage")
    call_off({step_topic(progress), *topics_of(seats)}, f"recall:{submission.pk}",
             headed("Soumission reprise, étape", progress),
             f"La Région a repris sa soumission avant son examen{NBSP}: {of_step(progress)}. Plus rien n’est attendu "
             "de vous.", page_of(progress), by=by, progress=progress, topic=off_topic(progress))


def return_cancelled(progress, submission, *, by):
    """The return is taken back: the Region that knew of it stops correcting, and the level is awaited again."""
    call_off([step_topic(progress)], f"uncorrect:{submission.pk}:{progress.version}",
             headed("Renvoi annulé, étape", progress),
             f"Le renvoi est annulé, l’examen reprend{NBSP}: {of_step(progress)}. Il n’y a plus rien à corriger pour "
             "l’instant.", page_of(progress), by=by, progress=progress, topic=off_topic(progress))
    # What was asked is a draft of the reviewers again.
    Notification.objects.filter(cause__startswith=f"return:{submission.pk}:").update(
        text=f"Ce renvoi a été annulé{NBSP}: {of_step(progress)}.")
    moved(progress, submission, by=by, again=f":{progress.version}")


def return_taken_back(progress, submission, authors, reason, *, by):
    """To those whose return a colleague took back: who, and why."""
    tell(authors, NoticeKind.TURN, f"taken-back:{submission.pk}:{progress.version}",
         headed("Votre renvoi est annulé, étape", progress),
         f"{by} a annulé votre renvoi{NBSP}: {of_step(progress)}. Votre texte est gardé dans l’écran d’examen ; le "
         f"journal, que la Région lit, garde ce qui avait été envoyé.\nRaison{NBSP}: {quoted(reason)}",
         page_of(progress, "review"), by=by, progress=progress)


def passed_over(progress, passage, silent, reason, *, by):
    """A level went on without those who had not spoken: those who knew that they were awaited are told why, and what
    came of it. silent: their seats."""
    went_on = {State.RETURNED: "L’étape est renvoyée", State.APPROVED: "L’étape est approuvée"}.get(
        progress.state, "L’examen continue")
    call_off([seat_topic(one) for one in silent], f"over:{passage.pk}:{progress.version}",
             headed("Votre position n’est plus attendue, étape", progress),
             f"{went_on} sans votre position{NBSP}: "
             f"{of_step(progress)}.\nMotif{NBSP}: {quoted(reason)}",
             page_of(progress, "review"), by=by, progress=progress, topic=over_topic(passage))


def not_counted(progress, passage, *, by):
    """The level has concluded before everybody spoke: those who knew that they were awaited are told so."""
    if topics := [seat_topic(one) for one in passage.seats.filter(asked_at__isnull=False, voice="")]:
        call_off(topics, f"closed:{passage.pk}:{progress.version}",
                 headed("Votre position n’est plus attendue, étape", progress),
                 f"Le niveau «{NBSP}{passage.get_kind_display()}{NBSP}» a conclu sans attendre toutes les positions"
                 f"{NBSP}: {of_step(progress)}. La vôtre n’y compte pas.", page_of(progress, "review"), by=by,
                 progress=progress, topic=over_topic(passage))


def late(seat, progress):
    """The delay has passed: told once, to the next person, with all those who are late with this one."""
    topic = delay_topic(seat)
    awaited = Seat.objects.awaited().filter(passage=seat.passage).select_related("organisation", "passage__submission")
    # Who is asked to unblock the step knows already that it waits.
    asked_to_unblock = Notification.objects.filter(cause__startswith=f"stuck:{seat.passage.submission_id}:",
                                                   settled_at__isnull=True)
    told = audience.next_after([one for one in awaited if delay_topic(one) == topic], progress)
    tell(told.exclude(pk__in=asked_to_unblock.values("user")), NoticeKind.LATE, f"late:{topic}",
         headed("En retard, étape", progress), delay_of(seat, awaited, progress), page_of(progress, "review"),
         topic=topic, progress=progress)


def delay_of(seat, awaited, progress):
    """What is late, with those of these awaited seats that are late with this one."""
    names = ", ".join(str(one.organisation) for one in awaited if delay_topic(one) == delay_topic(seat))
    return (f"{ASKED[seat.passage.kind]} le {day(seat.due_on)} ({names}), rien n’est venu{NBSP}: {of_step(progress)}. "
            "Vous pouvez maintenant agir.")


def replanned(progresses):
    """Their planned dates have changed: the reminders of the old ones mean nothing any more."""
    settle(kind=NoticeKind.REMINDER, topic__in=[step_topic(progress) for progress in progresses])


def side_of(remark, progress):
    """The author of the remark; their organisation when they are no longer there."""
    at = [remark.organisation_id], audience.SPEAKING
    users = audience.reviewers(progress.negotiation, *at, user=remark.author_id)
    return users if users.exists() else audience.reviewers(progress.negotiation, *at)


def answered(remark, reply, progress, *, by):
    text = f"{remark.label}{NBSP}: {quoted(reply.text)}\nPour l’{of_step(progress)}."
    tell(side_of(remark, progress), NoticeKind.ANSWER, f"reply:{reply.pk}",
         headed("Réponse à une observation, étape", progress), text, page_of(progress, "review"), by=by,
         topic=remark_topic(remark), progress=progress)


def overruled(remarks, progress, reason, *, by):
    """The step is approved over what they still asked: each author is told once what has become of theirs."""
    mine = {}
    for remark in remarks:
        for user in side_of(remark, progress):
            mine.setdefault(user, []).append(remark)
    for user, theirs in mine.items():
        fates = [f"- «{NBSP}{remark.label}{NBSP}»{NBSP}: {FATES[remark.state == RemarkState.DRAFT]}"
                 for remark in theirs]
        text = "\n".join([f"{by} a débloqué et approuvé l’{of_step(progress)}. Vos observations{NBSP}:", *fates,
                          f"Motif{NBSP}: {quoted(reason)}"])
        tell([user], NoticeKind.DECISION, f"overruled:{progress.pk}:{progress.version}",
             headed("Approuvée malgré vos observations, étape", progress), text, page_of(progress, "review"), by=by,
             topic=step_topic(progress), progress=progress)


def set_aside(remark, *, by):
    """A colleague removes what somebody wrote and that was never sent: the author keeps the words, all of them."""
    if remark.author_id == by.pk:
        return
    progress = remark.progress
    text = (f"{by} a supprimé, avant tout envoi, l’observation de {remark.author} sur «{NBSP}{remark.label}{NBSP}»"
            f"{NBSP}: {of_step(progress)}.\nCe qui n’allait pas{NBSP}: {line(remark.problem)}\n"
            f"Ce qui était demandé{NBSP}: {line(remark.request)}")
    tell(side_of(remark, progress), NoticeKind.ANSWER, f"set-aside:{remark.pk}",
         headed("Observation supprimée, étape", progress), text, page_of(progress, "review"), by=by, progress=progress)


def remark_settled(remark):
    settle(topic=remark_topic(remark))


# What a person does with their own

@transaction.atomic
def mark_read(user, *, until=None, pk=None):
    """The person has read one of theirs (`pk`), or all up to `until`, the newest that their page showed."""
    rows = Notification.objects.filter(user=user, read_at__isnull=True, **({"pk": pk} if pk else {"pk__lte": until}))
    write(rows, read_at=timezone.now())


@transaction.atomic
def choose(user, frequencies):
    """How often mails of each kind leave for this person: {kind: frequency}. After « jamais », only what is new."""
    now = timezone.now()
    kept = {choice.kind: choice for choice in NotificationChoice.objects.select_for_update().filter(user=user)}
    for kind, frequency in frequencies.items():
        before = kept[kind].frequency if kind in kept else USUAL_FREQUENCY[kind]
        if frequency == before:
            continue
        since = now if before == Frequency.NEVER else kept[kind].mails_since if kind in kept else None
        NotificationChoice.objects.update_or_create(user=user, kind=kind,
                                                    defaults={"frequency": frequency, "mails_since": since})
