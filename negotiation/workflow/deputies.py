"""Naming a deputy for a member, and ending the suppléance before its last day, or when one of the two leaves.
Journalled without dossier.
"""
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ..choices import Action
from ..models import Deputy, Membership
from . import team_notices, vacancies
from .journal import is_done, one_time, record
from .locks import for_update
from .transitions import NotAllowed


@transaction.atomic
def name(deputy, *, by, key=""):
    """Save this new Deputy; None when the form with this key was already carried out. Raises ValidationError."""
    # Two forms for one membership queue here: they cannot both name a deputy for the same days.
    for_update(Membership.objects).get(pk=deputy.membership_id)
    key = one_time(key, Action.DEPUTY_NAME, deputy.membership_id, deputy.deputy_id, deputy.starts_on, deputy.ends_on)
    if is_done(None, key):
        return None
    deputy.created_by = by
    deputy.full_clean()
    deputy.save()
    record(Action.DEPUTY_NAME, told(deputy), by=by, key=key, details=details(deputy))
    team_notices.deputy_named(deputy, by=by)
    vacancies.of_person(deputy.deputy)
    return deputy


@transaction.atomic
def end(deputy, *, by):
    """End the suppléance now; a second post changes nothing. Raises NotAllowed when its last day has passed."""
    deputy = for_update(Deputy.objects).select_related(
        "deputy", "membership__user", "membership__organisation").get(pk=deputy.pk)
    if deputy.ended_at:
        return deputy
    if deputy.ends_on < timezone.localdate():
        raise NotAllowed("Cette suppléance a déjà pris fin.")
    deputy.ended_at = timezone.now()
    deputy.save(update_fields=["ended_at"])
    record(Action.DEPUTY_END, told(deputy), by=by, details=details(deputy))
    team_notices.deputy_ended(deputy, by=by)
    vacancies.of_person(deputy.deputy)
    return deputy


@transaction.atomic
def fall(*people, by):
    """These people have just left, or lost their account: end what no longer rests on two people who belong there.

    Called before the act that makes them leave is journalled: these rows are locked before the head of the chain.
    """
    fallen = Deputy.objects.unended().filter(Q(deputy__in=people) | Q(membership__user__in=people)).exclude(
        pk__in=Deputy.objects.open())
    for deputy in list(for_update(fallen).order_by("pk")):
        end(deputy, by=by)


def told(deputy):
    membership = deputy.membership
    return (f"{deputy.deputy}, suppléance de {membership.user} ({membership.get_role_display()}, "
            f"{membership.organisation}), du {deputy.starts_on:%d/%m/%Y} au {deputy.ends_on:%d/%m/%Y}")


def details(deputy):
    return {"organisation": deputy.membership.organisation_id, "membership": deputy.membership_id,
            "deputy": deputy.deputy_id, "starts_on": str(deputy.starts_on), "ends_on": str(deputy.ends_on)}
