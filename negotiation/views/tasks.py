"""What waits for me, across all the dossiers I may act on."""
from django.shortcuts import render

from ..permissions import can
from ..queries import shares, team
from ..queries import tasks as read


def tasks(request):
    return render(request, "tasks/tasks.html", {
        "groups": read.tasks(request.user), "may_open": can(request.user, "negotiation.open"),
        "handovers": team.proposed_to(request.user), "received": shares.received(request.user)})
