"""What the page « Suppléances » reads: who stands in for me, and for whom I stand in."""
from ..models import Deputy

SHOWN = 50


def mine(user):
    """(those who replace me, those I replace): running or to come."""
    rows = Deputy.objects.open().select_related("deputy", "membership__user", "membership__organisation")
    return (list(rows.filter(membership__user=user)[:SHOWN]),
            list(rows.filter(deputy=user)[:SHOWN]))
