"""What waits for me."""
from django.http import HttpResponse


def tasks(request):
    return HttpResponse("tasks")
