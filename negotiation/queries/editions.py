"""What the pages of editions read: those of a dossier, those that everybody may read, one by its code, its summary."""
import json
from dataclasses import dataclass

from django.db.models import Q

from ..choices import EditionState
from ..models import Booklet, FrozenContent, Making, ShareLink, Signature

PUBLIC = Q(published_at__isnull=False)


def editions(negotiation):
    """The editions of one livret, whatever their state, newest first."""
    return list(Booklet.objects.filter(negotiation=negotiation).select_related("replaced_by"))


def making(negotiation):
    """The edition of this livret that is being made, without what it will say; None when there is none."""
    return Making.objects.filter(negotiation=negotiation).defer("text").first()


def published():
    """Every edition that was published, newest first; one that is withdrawn is told, not offered."""
    return Booklet.objects.filter(PUBLIC).select_related("negotiation__region", "replaced_by").order_by(
        "-published_at", "-pk")


def by_code(code):
    """The edition that carries this code, whatever its state; None without one."""
    return Booklet.objects.select_related("negotiation__region", "replaced_by").filter(
        code=code).first() if code else None


def siblings(edition):
    """The other editions of the same livret that were published: a file may be one of theirs."""
    others = Booklet.objects.filter(PUBLIC, negotiation=edition.negotiation_id).exclude(pk=edition.pk)
    return list(others.select_related("replaced_by"))


def current(edition):
    """The number of the edition now in force, or None."""
    return Booklet.objects.filter(negotiation=edition.negotiation_id, state=EditionState.PUBLISHED).values_list(
        "number", flat=True).first()


def standing(negotiation):
    """(the edition in force, the newest that is signed), None for either when there is none; one query."""
    found = list(Booklet.objects.filter(Q(state=EditionState.PUBLISHED) | Q(signed_at__isnull=False),
                                        negotiation=negotiation).order_by("-number"))
    return (next((one for one in found if one.is_current), None), next((one for one in found if one.signed_at), None))


def with_content(negotiation):
    """The editions of one livret whose content is kept, newest first."""
    return [one for one in editions(negotiation) if one.code]


@dataclass(frozen=True)
class Summary:
    """What an edition says, in short, read from its own frozen content. shares: (name, amount, « 42,1 % »);
    gap: the plan beside the total that was announced, in a sentence."""
    title: str
    region: str
    period: str
    nature: str
    owner: str
    as_of: str
    total: int
    gap: str
    projects: list
    shares: list


def frozen(edition):
    """All that an edition says, as data; None for one older than the frozen contents."""
    text = FrozenContent.objects.filter(pk=edition.pk).values_list("text", flat=True).first()
    return json.loads(text) if text else None


def summary(content):
    """content: what `frozen` gave."""
    body = content["body"]
    cover, identity = body["cover"], body["identity"]
    return Summary(
        cover["title"], cover["region"], cover["period"], cover["nature"], cover["owner"], cover["as_of"],
        identity["total"], identity["gap"],
        [project["name"] for project in body["projects"] if not project["whole_contract"]],
        [(share["name"], share["amount"], share["percent"]) for share in identity["shares"]])


def signatures(edition):
    """The signatures now on an edition: the Region's, then the State's."""
    return list(Signature.objects.filter(booklet=edition, ended_at__isnull=True).select_related(
        "deposited_for").order_by("party"))


def copies(edition, siblings):
    """[(fingerprint, number of its edition)] of the copies that were made for one recipient, of this edition or of
    another that everybody may know: a file may be one of them.
    """
    return list(ShareLink.objects.filter(booklet__in=[edition, *siblings]).values_list("sha256", "booklet__number"))
