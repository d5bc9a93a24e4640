"""Accounts, organisations and memberships written in the administration: journalled without dossier, and told to those
who lead the teams concerned. Refuses nothing: forms and models have judged what is written. Knows no password.
"""
from django.db import transaction
from django.db.models import Q

from ..choices import Action
from ..models import Deputy, Membership, Organisation, User
from . import deputies, team_notices, vacancies
from .invitations import lock_teams
from .journal import record
from .locks import for_update

ADDED = {User: Action.ACCOUNT_ADD, Organisation: Action.ORGANISATION_ADD, Membership: Action.MEMBERSHIP_ADD}
CHANGED = {User: Action.ACCOUNT_CHANGE, Organisation: Action.ORGANISATION_CHANGE,
           Membership: Action.MEMBERSHIP_CHANGE}


def hold(row):
    """Lock a person or an organisation about to be written with its members, in the order of every other act: people,
    teams, memberships, suppléances, and only then the head of the journal. Within the transaction of the form.
    """
    if isinstance(row, User):
        locked(User.objects.filter(pk=row.pk))
        of_members, of_deputies = Q(user=row.pk), Q(deputy=row.pk) | Q(membership__user=row.pk)
    else:
        of_members, of_deputies = Q(organisation=row.pk), Q(membership__organisation=row.pk)
    lock_teams(Organisation.objects.filter(pk__in=Membership.objects.filter(of_members).values("organisation")))
    locked(Membership.objects.filter(of_members))
    locked(Deputy.objects.filter(of_deputies))


def locked(rows):
    return list(for_update(rows).order_by("pk"))


@transaction.atomic
def written(row, before, *, by, added=False):
    """Journal what was just saved. before: {name of a field that changed: its value before}, as the form had it."""
    told = {name: [said(row, name, value), said(row, name, getattr(row, name))] for name, value in before.items()
            if name in {field.name for field in row._meta.concrete_fields} and name != "password"}
    # A form takes for a change the same date written otherwise.
    changes = {name: pair for name, pair in told.items() if pair[0] != pair[1]}
    if not added and not changes and "password" not in before:
        return
    words = "" if added else " ; ".join(f"{row._meta.get_field(name).verbose_name} : {old or '—'} → {new or '—'}"
                                        for name, (old, new) in changes.items())
    if not added and "password" in before:
        words = " ; ".join(filter(None, [words, "mot de passe changé"]))
    deputies.fall(*people(row, before), by=by)
    action = (ADDED if added else CHANGED)[type(row)]
    for about in concerned(row, {} if added else before):
        entry = record(action, " — ".join(filter(None, [named(row), words])), by=by, details={**about, **(
            {} if added else changes)})
        team_notices.team_written(entry, Organisation.objects.filter(pk__in=teams(row, about)), row, by=by)
    if isinstance(row, Membership):
        vacancies.look([one["organisation"] for one in concerned(row, before)])
    if isinstance(row, User | Membership):
        vacancies.of_person(row if isinstance(row, User) else row.user)


def password_changed(user, *, by):
    written(user, {"password": ""}, by=by)


@transaction.atomic
def deactivate(user, *, by):
    """The person signs in no more; their name stays. A second time changes nothing; returns whether it was done."""
    [user] = locked(User.objects.filter(pk=user.pk))
    if not user.is_active:
        return False
    user.is_active = False
    user.save(update_fields=["is_active"])
    deputies.fall(user.pk, by=by)
    entry = record(Action.ACCOUNT_DEACTIVATE, named(user), by=by, details={"account": user.pk})
    team_notices.team_written(entry, Organisation.objects.filter(pk__in=teams(user, {})), user, by=by)
    vacancies.of_person(user)
    return True


def concerned(row, before):
    """What the details of each entry say of whom it is about: a membership that is moved concerns both teams."""
    if isinstance(row, User):
        return [{"account": row.pk}]
    if isinstance(row, Organisation):
        return [{"organisation": row.pk}]
    both = dict.fromkeys([row.organisation_id, before.get("organisation") or row.organisation_id])
    return [{"organisation": pk, "membership": row.pk} for pk in both]


def people(row, before):
    """The accounts that the change concerns: a membership may be given to another person."""
    if isinstance(row, Organisation):
        return set()
    return {row.pk} if isinstance(row, User) else {row.user_id, before.get("user") or row.user_id}


def teams(row, about):
    """The organisations that the act concerns; for an account, those to which the person belongs."""
    if isinstance(row, User):
        return list(Membership.objects.current().filter(user=row).values_list("organisation", flat=True))
    return [about["organisation"]]


def named(row):
    if not isinstance(row, Membership):
        return f"{row} ({row.email})" if isinstance(row, User) else row.name
    until = f" au {row.ends_on:%d/%m/%Y}" if row.ends_on else ""
    return f"{row.user} : {row.get_role_display()}, {row.organisation.name}, du {row.starts_on:%d/%m/%Y}{until}"


def said(row, name, value):
    """A value as a person reads it."""
    field = row._meta.get_field(name)
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field.is_relation:
        return str(value if hasattr(value, "pk") else field.related_model.objects.filter(pk=value).first() or "")
    return f"{value:%d/%m/%Y}" if field.get_internal_type() == "DateField" and hasattr(value, "year") else str(value)
