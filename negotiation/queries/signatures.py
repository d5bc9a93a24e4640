"""What the page of the signed copy reads: every signature of an edition, those in force and those they replaced."""
from ..choices import Party
from ..models import Signature


def history(edition):
    """[(party, the signature in force or None, [those before it, newest first])]."""
    found = list(Signature.objects.filter(booklet=edition).select_related(
        "deposited_by", "deposited_for", "ended_by"))
    return [(party, next((one for one in found if one.party == party and not one.ended_at), None),
             [one for one in found if one.party == party and one.ended_at]) for party in Party]
