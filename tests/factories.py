"""People, organisations and dossiers for tests, made through the doors of the application."""
import itertools

from negotiation.choices import Nature, OrganisationKind
from negotiation.models import Grid, Membership, Negotiation, Organisation, Region, User
from negotiation.workflow.negotiations import open_negotiation

PASSWORD = "une-phrase-de-passe"
numbers = itertools.count(1)


def organisation(name, kind, region=None):
    return Organisation.objects.get_or_create(name=name, defaults={"kind": kind, "region": region})[0]


def council(slug):
    region = Region.objects.get(slug=slug)
    return organisation(f"Conseil régional de {region.name}", OrganisationKind.COUNCIL, region)


def member(org, role, **fields):
    number = next(numbers)
    user = User.objects.create_user(f"personne{number}@exemple.example", PASSWORD, name=f"Personne {number}", **fields)
    Membership.objects.create(user=user, organisation=org, role=role, starts_on="2020-01-01")
    return user


def negotiation(owner, by, *, first_year=2027, last_year=2031, nature=Nature.REAL, prefill=True):
    return open_negotiation(Negotiation(
        region=owner.region, owner=owner, grid=Grid.objects.first(), nature=nature,
        title=f"Contrat-plan {first_year}-{last_year}", first_year=first_year, last_year=last_year,
    ), by=by, prefill=prefill)
