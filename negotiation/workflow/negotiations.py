"""Opening a negotiation, and opening a dossier to those who read it or give an opinion."""
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify

from ..choices import Action, Nature, RegionKind, Unallocated
from ..models import Actor, ActorRole, Contribution, GridActor, Negotiation, Opening, Phase, Region, Step, StepProgress
from . import vacancies
from .journal import record
from .locks import for_update
from .records import bare, lock
from .transitions import NotAllowed


@transaction.atomic
def open_negotiation(negotiation, *, by, prefill=True):
    """Create the dossier with its steps and the actors of the grid. Raises NotAllowed in words, ValidationError."""
    # Two managers of one Region queue here, so that both cannot open the same period.
    for_update(Region.objects).get(pk=negotiation.region_id)
    refuse_overlap(negotiation)
    negotiation.opened_by = by
    negotiation.slug = negotiation.slug or free_slug(negotiation)
    negotiation.full_clean()
    negotiation.save()
    StepProgress.objects.bulk_create(
        StepProgress(negotiation=negotiation, step=step) for step in Step.objects.filter(phase__grid=negotiation.grid))
    if prefill:
        prefill_actors(negotiation)
    record(Action.NEGOTIATION_OPEN, negotiation, by=by, negotiation=negotiation)
    return negotiation


def refuse_overlap(negotiation):
    if negotiation.first_year > negotiation.last_year:
        raise ValidationError({"last_year": "La dernière année précède la première."})
    # An exercise commits nobody: it only collides with another exercise.
    fictional = Negotiation.objects.filter(nature=Nature.FICTIONAL)
    same = fictional if negotiation.nature == Nature.FICTIONAL else Negotiation.objects.exclude(
        pk__in=fictional.values("pk"))
    other = same.exclude(pk=negotiation.pk).filter(region=negotiation.region_id, first_year__lte=negotiation.last_year,
                        last_year__gte=negotiation.first_year).first()
    if other:
        years = f"{other.first_year}-{other.last_year}"
        # Told beside a year that must change.
        field = "first_year" if negotiation.first_year >= other.first_year else "last_year"
        raise ValidationError({field: f"{with_article(other.region)} a déjà une négociation sur la période {years} "
                                      f"(« {other.title} ») : choisissez des années qui ne la recoupent pas."})


def with_article(region):
    return f"Le {region}" if region.kind == RegionKind.DISTRICT else f"La {region}"


@transaction.atomic
def change(negotiation, *, by, title, first_year, last_year):
    """Correct the title or the years of a dossier. Its address stays. Raises NotAllowed, ValidationError."""
    for_update(Region.objects).get(pk=negotiation.region_id)
    negotiation = lock(negotiation)
    before = {name: getattr(negotiation, name) for name in ("title", "first_year", "last_year")}
    after = {"title": title, "first_year": first_year, "last_year": last_year}
    if before == after:
        return negotiation
    for name, value in after.items():
        setattr(negotiation, name, value)
    refuse_overlap(negotiation)
    outside = Contribution.objects.filter(project__negotiation=negotiation).exclude(year=Unallocated.YEAR).exclude(
        year__range=(first_year, last_year)).order_by("year").first()
    if outside:
        raise NotAllowed(f"Le plan de financement porte des montants en {outside.year} : retirez-les ou déplacez-les "
                         "avant de raccourcir la période.")
    negotiation.full_clean()
    negotiation.save(update_fields=list(after))
    record(Action.RECORD_CHANGE, "fiche du dossier", by=by, negotiation=negotiation,
           details={name: [before[name], value] for name, value in after.items() if before[name] != value})
    return negotiation


def free_slug(negotiation):
    """kayes-2023-2027, or exercice-kayes-2023-2027 for training."""
    prefix = "exercice-" if negotiation.nature == Nature.FICTIONAL else ""
    slug = slugify(f"{prefix}{negotiation.region.slug}-{negotiation.first_year}-{negotiation.last_year}")
    return slug if not Negotiation.objects.filter(slug=slug).exists() else f"{slug}-2"


def prefill_actors(negotiation):
    """The actors of the grid's responsibility matrix with their role in each phase, and those who usually finance."""
    phases = {phase.code: phase for phase in Phase.objects.filter(grid=negotiation.grid)}
    wanted = GridActor.objects.filter(Q(matrix_order__isnull=False) | Q(financier=True))
    roles, borne = [], set()
    for order, row in enumerate(wanted.prefetch_related("roles"), 1):
        # An administrator may have given one acronym to two rows: the second is called by its name.
        acronym = "" if bare(row.acronym) in borne else row.acronym
        borne.add(bare(acronym))
        actor = Actor.objects.create(negotiation=negotiation, grid_actor=row, name=row.name, acronym=acronym,
                                     side=row.side, financier=row.financier, order=order)
        roles += [ActorRole(actor=actor, phase=phases[role.phase], role=role.role) for role in row.roles.all()
                  if role.phase in phases]
    ActorRole.objects.bulk_create(roles)


@transaction.atomic
def share(negotiation, organisation, *, by):
    """Open the dossier to a State service or a partner."""
    lock(negotiation)
    opening, created = Opening.objects.get_or_create(negotiation=negotiation, organisation=organisation)
    if created:
        record(Action.DOSSIER_SHARE, organisation, by=by, negotiation=negotiation)
        vacancies.look([organisation], negotiation)
    return opening


@transaction.atomic
def unshare(opening, *, by):
    """Close the dossier to an organisation, awaited or not; its past opening stays in the journal."""
    negotiation = lock(opening.negotiation)
    deleted, _ = Opening.objects.filter(pk=opening.pk).delete()
    if deleted:
        record(Action.DOSSIER_UNSHARE, opening.organisation, by=by, negotiation=negotiation)
        vacancies.look([opening.organisation], negotiation)
