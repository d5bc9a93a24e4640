"""Acts on the positions of a negotiation: put one on the table, withdraw it, agree on it so that it becomes the plan.

A position is never edited: it is followed by another, agreed, or withdrawn with a reason. Amounts are whole FCFA by
(financier pk, year); year 0 is « non réparti ».
"""
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from .. import checklist, money
from ..choices import STATE_SIDES, Action, PositionKind, PositionState, Side, Unallocated
from ..dates import spoken
from ..models import Actor, Document, Event, Position, PositionAmount, Project
from ..models.position import stands
from . import commitments, correction
from .commitments import Names, stored_cells, write_plan
from .journal import fingerprint_of, is_done, one_time, organisation_of, record
from .locks import for_update
from .records import lock
from .transitions import POSITION, NotAllowed, next_state

NOT_YOUR_SIDE = "Vous inscrivez les positions de l’État et de ses services ; celles des autres parties, la Région " \
                "les inscrit."


@dataclass(frozen=True)
class Evidence:
    """What proves an agreement: the session or the minutes, and the function of who agreed for the other side.

    knowingly: the person has read that the last word of the other side was something else.
    """
    agreed_with: str = ""
    event: Event | None = None
    minutes: Document | None = None
    knowingly: bool = False


class Followed(NotAllowed):
    """Meanwhile, another position was put on the table of this project, or one was agreed on or withdrawn.

    stands: how the table is now (see `stands`); number: of the position that changes most what the page showed.
    """

    def __init__(self, thread, after):
        said, shown = meanwhile(thread, after)
        reopened = "Inscrire la vôtre rouvrirait la négociation de ce projet. " if shown.agreed_on else ""
        super().__init__(f"Entre-temps, {said}. {reopened}Votre saisie est conservée : relisez la négociation, puis "
                         "inscrivez de nouveau.")
        self.stands, self.number = stands(thread), shown.number


def meanwhile(thread, after):
    """(what happened on a project since it stood as `after` says, in words; the position to be shown).

    thread: the positions of the project, in order; after: as `stands` tells it.
    """
    last, tabled = after
    newer = [one for one in thread if one.number > last]
    touched = [one for one in thread if one.number > last or one.number in tabled]
    withdrawn = [one for one in touched if one.state == PositionState.WITHDRAWN]
    agreed = [one for one in touched if one.state == PositionState.AGREED][-1:]
    # What an agreement has closed is no more to be answered.
    came = [one for one in newer if one.state == PositionState.TABLED
            and not any(one.is_closed_by(agreement) for agreement in agreed)]
    if not withdrawn + agreed + came:
        # What the page sent back is of no table that ever was.
        came = thread[-1:]
    said = [f"la position n° {one.number} a été {'inscrite, puis ' if one in newer else ''}retirée"
            for one in withdrawn] + [settlement(one) for one in agreed]
    if came:
        said.append(f"{'puis ' if agreed else ''}{tabling(came)}")
    return " ; ".join(said), (withdrawn + agreed + came)[-1]


def settlement(agreed):
    result = "fait le plan de ce projet" if agreed.amounts.exists() else "sort ce projet du plan"
    return f"la position n° {agreed.number} a été convenue, et {result}"


def tabling(came):
    many = "une autre position a été inscrite" if len(came) == 1 else "d’autres positions ont été inscrites"
    return (f"{many} sur ce projet ; la dernière est la position n° {came[-1].number} "
            f"({came[-1].get_kind_display()}, {came[-1].party})")


@transaction.atomic
def propose(position, amounts, *, by, key="", after=None, to_reserve=False):
    """Put a position on the table. Raises NotAllowed, Followed, ValidationError.

    position: an unsaved Position with its negotiation, project, kind, party, held_on, spokesperson and the rest;
    amounts: {(financier pk, year): amount}, at least one above zero, but when the position asks that the project go to
    the reserve list (to_reserve); after: how the table of the project stood when it was read (see `stands`).
    """
    negotiation = lock(position.negotiation)
    key = one_time(key, "position", position.project_id, position.kind, position.held_on, position.spokesperson,
                   position.justification, sorted([*cell, amount] for cell, amount in amounts.items()))
    if is_done(negotiation, key):
        return None
    amounts = {cell: amount for cell, amount in amounts.items() if amount}
    refuse_foreign(position, negotiation, amounts)
    refuse_impossible(position, negotiation, amounts, to_reserve=to_reserve)
    refuse_unsayable(position)
    if position.party.side not in STATE_SIDES and not belongs_to_owner(by, negotiation):
        raise NotAllowed(NOT_YOUR_SIDE)
    thread = list(Position.objects.filter(project=position.project_id).select_related("party").order_by("number"))
    if thread and after is not None and after != stands(thread):
        raise Followed(thread, after)
    refuse_backdated(position)
    position.number, position.state = stands(thread)[0] + 1, PositionState.TABLED
    position.recorded_by, position.recorded_for = by, organisation_of(by, negotiation)
    position.full_clean()
    position.save(force_insert=True)
    PositionAmount.objects.bulk_create(PositionAmount(position=position, financier_id=financier, year=year,
                                                      amount=amount)
                                       for (financier, year), amount in sorted(amounts.items()))
    begin_correction(negotiation, by)
    what = f"{position.get_kind_display()}{'' if amounts else ' de mise en liste de réserve'}, {position.party}"
    said = f"position n° {position.number} ({what}) sur « {position.project} »"
    record(Action.POSITION_PROPOSE, said, by=by, negotiation=negotiation, key=key,
           details=told(position, amounts, Names.of(negotiation)))
    return position


def refuse_unsayable(position):
    """A demand is the Region's, a proposal the State's or a partner's."""
    if position.kind not in PositionKind.of(position.party.side):
        whose = "une demande est de la Région" if position.kind == PositionKind.REQUEST else \
            "une proposition est de l’État ou d’un partenaire"
        kinds = [str(kind.label) for kind in PositionKind.of(position.party.side)]
        raise NotAllowed(f"« {position.party} » ne fait pas une {position.get_kind_display()} : {whose}. Choisissez "
                         f"{', '.join(kinds[:-1])} ou {kinds[-1]}, ou une autre partie.")


def refuse_backdated(position):
    """The thread of a project is read in order: a position is not put on the table before the one it follows."""
    before = Position.objects.filter(project=position.project_id, held_on__gt=position.held_on).exclude(
        state=PositionState.WITHDRAWN).order_by("-number").first()
    if before:
        raise NotAllowed(f"La position n° {before.number} est du {spoken(before.held_on)} : une position s’inscrit "
                         "dans l’ordre, à la même date ou après. Si elle est mal datée, et encore sur la table, "
                         "retirez-la d’abord.")


def begin_correction(negotiation, by):
    """A position is often how the Region answers a remark; one of the State's is no correction."""
    if belongs_to_owner(by, negotiation):
        correction.begin(negotiation, {"positions"})


def belongs_to_owner(user, negotiation):
    return negotiation.owner_id in {m.organisation_id for m in user.current_memberships}


def told(position, amounts, names):
    """What the journal keeps of a position: who speaks, when, and each amount by the name of its place."""
    cells = {names.place((position.project_id, *cell)): [None, amount] for cell, amount in sorted(amounts.items())}
    return {"position": position.number, "kind": position.get_kind_display(), "party": str(position.party),
            "spokesperson": position.spokesperson, "held_on": str(position.held_on), "cells": cells,
            "total": [None, sum(amounts.values())]}


def refuse_foreign(position, negotiation, amounts):
    """Everything that a position names belongs to the dossier."""
    actors = set(Actor.objects.filter(negotiation=negotiation).values_list("pk", flat=True))
    refuse_absent(Project, position.project_id, negotiation)
    refuse_papers(position.event_id, position.minutes_id, negotiation)
    if position.party_id not in actors or not {financier for financier, _ in amounts} <= actors:
        raise NotAllowed("Un acteur de cette position n’est plus dans le dossier : relisez la page.")


def refuse_absent(model, pk, negotiation):
    if pk and not model.objects.filter(pk=pk, negotiation=negotiation).exists():
        raise NotAllowed(f"Ce {model._meta.verbose_name} n’est plus dans le dossier : relisez la page.")


def refuse_papers(event, minutes, negotiation):
    """The session and the minutes (pks) are in the dossier, and all its readers may read the minutes."""
    refuse_absent(Event, event, negotiation)
    if minutes:
        found = Document.objects.select_related("expected").filter(
            pk=minutes, progress__negotiation=negotiation).first()
        if not found or found.is_confidential:
            raise NotAllowed("Ce procès-verbal n’est pas une pièce du dossier que tous ses lecteurs peuvent lire.")


def refuse_impossible(position, negotiation, amounts, *, to_reserve):
    """A position has an amount, in the years of the contract, and does not lie in the future."""
    refused = []
    if not amounts and not to_reserve:
        refused.append("Une position porte au moins un montant, ou demande la mise en liste de réserve.")
    outside = sorted({year for _, year in amounts if year != Unallocated.YEAR and year not in negotiation.years})
    if outside:
        refused.append(f"{', '.join(map(str, outside))} : hors des années du contrat "
                       f"({negotiation.first_year}-{negotiation.last_year}).")
    if any(not isinstance(amount, int) or not 0 < amount <= money.MAX_AMOUNT for amount in amounts.values()) \
            or sum(amounts.values()) > money.MAX_AMOUNT:
        refused.append(f"Un montant est un nombre positif de francs, et le total d’une position a au plus "
                       f"{money.MAX_DIGITS} chiffres.")
    if position.held_on > timezone.localdate():
        refused.append("La date d’une position ne peut pas être à venir : elle dit ce qui a été mis sur la table.")
    if refused:
        raise NotAllowed(*refused)


def locked(position, negotiation):
    """The position under lock, as it stands now."""
    return for_update(Position.objects).select_related(
        "project", "party", "recorded_for").get(pk=position.pk, negotiation=negotiation)


@transaction.atomic
def withdraw(position, *, reason, by, key=""):
    """Take a position off the table; it stays readable, with the reason. Raises NotAllowed."""
    negotiation = lock(position.negotiation)
    key = one_time(key, "withdraw", position.pk, reason)
    if is_done(negotiation, key):
        return position
    position = locked(position, negotiation)
    target = next_state("withdraw", position.state, POSITION)
    if position.recorded_for_id not in {m.organisation_id for m in by.current_memberships}:
        raise NotAllowed(f"Cette position a été inscrite au nom de « {position.recorded_for} » : cette organisation "
                         "seule la retire.")
    refuse_closed(position, Position.objects.filter(project=position.project_id),
                  "Elle reste au dossier comme il l’a trouvée.")
    if not reason.strip():
        raise NotAllowed("Écrivez pourquoi cette position est retirée : le journal doit le dire.")
    position.state, position.withdrawn_reason = target, reason.strip()
    position.save(update_fields=["state", "withdrawn_reason"])
    begin_correction(negotiation, by)
    record(Action.POSITION_WITHDRAW, str(position), by=by, negotiation=negotiation, reason=reason, key=key,
           details={"position": position.number})
    return position


def change_of(position, plan, amounts):
    """What agreeing on a position of these amounts changes: (the plan of its project, {cell: (now, then)}).

    plan: {cell: amount} of the whole of it.
    """
    before = {cell: amount for cell, amount in plan.items() if cell[0] == position.project_id}
    after = {(position.project_id, *cell): amount for cell, amount in amounts.items()}
    changes = {cell: (before.get(cell, 0), after.get(cell, 0)) for cell in sorted({*before, *after})
               if before.get(cell, 0) != after.get(cell, 0)}
    return before, changes


def refuse_closed(position, thread, way_out):
    """What came before an agreement is neither agreed on nor withdrawn after it: the thread would tell the plan
    backwards."""
    if closed := [one.number for one in thread if one.agreed_on and position.is_closed_by(one)]:
        raise NotAllowed(f"L’accord sur la position n° {min(closed)} a clos celle-ci. {way_out}")


def refuse_overtaken_or_alone(position, thread=None):
    """It is not closed, and an agreement takes two: each side has put a position on the table of this project.

    thread: the positions on the same project, with their party, when they are read already.
    """
    thread = thread or Position.objects.filter(project=position.project_id).select_related("party")
    refuse_closed(position, thread, "Pour revenir à ses montants, inscrivez-les dans une nouvelle position.")
    standing = [one for one in thread if one.state != PositionState.WITHDRAWN]
    ours = {one.party.side == Side.AUTHORITY for one in standing}
    if ours != {True, False}:
        missing = "L’État, ou un autre partenaire," if True in ours else "La Région"
        raise NotAllowed(f"{missing} n’a encore rien mis sur la table pour ce projet : on convient à deux. Inscrivez "
                         "d’abord sa position.")


def refuse_unproved(position, evidence, on, negotiation):
    """An agreement is written somewhere, and somebody agreed on the other side."""
    refuse_papers(evidence.event and evidence.event.pk, evidence.minutes and evidence.minutes.pk, negotiation)
    refused = []
    if not evidence.event and not evidence.minutes:
        refused.append("Indiquez la séance ou le procès-verbal qui prouve l’accord : l’un des deux au moins.")
    elif evidence.event and evidence.event.date > on:
        refused.append(f"La séance est du {spoken(evidence.event.date)}, après la date de l’accord.")
    if not evidence.agreed_with.strip():
        refused.append("Écrivez la fonction de qui convient pour l’autre partie.")
    if not evidence.knowingly and (theirs := unlike(position)):
        refused.append(f"La dernière position de l’autre partie, n° {theirs.number} ({theirs.party}), n’est pas "
                       "celle-ci : confirmez que l’autre partie convient bien de ces montants.")
    if refused:
        raise NotAllowed(*refused)


def unlike(position):
    """The last word of the others when it is not that of the Region, on which the Region would agree alone; or None."""
    if position.party.side != Side.AUTHORITY:
        return None
    theirs = Position.objects.select_related("party").filter(project=position.project_id).exclude(
        state=PositionState.WITHDRAWN).exclude(party__side=Side.AUTHORITY).order_by("-number").first()
    return theirs if theirs and amounts_of(theirs) != amounts_of(position) else None


def amounts_of(position):
    """{(financier pk, year): amount}"""
    return {(one.financier_id, one.year): one.amount for one in position.amounts.all()}


def plan_fingerprint(before):
    """What a page showed of the plan of one project, to see that it has changed since."""
    return fingerprint_of(str(sorted(before.items())))


def obstacles_to_agree(position, thread, facts, steps, changes, names):
    """Why the plan would refuse this position now, in whole sentences: the page says it before the act refuses it.

    thread: the positions on the same project; facts: those of the money of the dossier (findings.Facts); steps: its
    steps (elements.steps_of).
    """
    negotiation = position.negotiation
    try:
        refuse_overtaken_or_alone(position, thread)
        commitments.refuse_impossible(negotiation, changes, facts.total, names)
        commitments.refuse_uncorrected(negotiation, changes, names, {**checklist.known_money(facts), "steps": steps})
    except NotAllowed as refusal:
        return refusal.reasons
    return []


@transaction.atomic
def agree(position, *, on, evidence, by, key="", base=None):
    """The parties agree on a position: its amounts become those of its project in the plan, in one act.

    on: the day of the agreement, not before the position; base: fingerprint of the plan that the page showed. The plan
    before it stays in `plan_before` and in the journal. Raises NotAllowed, changing nothing.
    """
    negotiation = lock(position.negotiation)
    key = one_time(key, "agree", position.pk, on, evidence.agreed_with)
    if is_done(negotiation, key):
        return position
    position = locked(position, negotiation)
    target = next_state("agree", position.state, POSITION)
    refuse_overtaken_or_alone(position)
    if not position.held_on <= on <= timezone.localdate():
        raise NotAllowed("La date de l’accord va de celle de la position à aujourd’hui.")
    refuse_unproved(position, evidence, on, negotiation)
    stored = stored_cells(negotiation)
    plan = {cell: one.amount for cell, one in stored.items()}
    before, changes = change_of(position, plan, amounts_of(position))
    if base is not None and base != plan_fingerprint(before):
        raise NotAllowed("Le plan de ce projet a changé depuis que vous avez ouvert cette page : relisez ce que "
                         "l’accord y change, puis confirmez.")
    names = Names.of(negotiation)
    position.state, position.agreed_on, position.agreed_with = target, on, evidence.agreed_with.strip()
    position.agreed_event, position.agreed_minutes = evidence.event, evidence.minutes
    position.plan_before = [[names.actors[cell[1]], cell[2], amount] for cell, amount in sorted(before.items())]
    position.closes = Position.objects.filter(project=position.project_id).latest("number").number
    position.save(update_fields=["state", "agreed_on", "agreed_with", "agreed_event", "agreed_minutes", "plan_before",
                                 "closes"])
    write_plan(negotiation, stored, changes, names, by=by, key=key, action=Action.POSITION_AGREE,
               subject=str(position), more={"position": position.number, "agreed_on": str(on)} | told_of(evidence))
    return position


def told_of(evidence):
    """What the journal keeps of what proves an agreement."""
    told = {"agreed_with": evidence.agreed_with.strip(), "session": evidence.event and evidence.event.title,
            "minutes": evidence.minutes and evidence.minutes.title,
            "knowingly": "oui" if evidence.knowingly else ""}
    return {name: value for name, value in told.items() if value}
