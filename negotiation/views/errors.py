"""The French pages for what goes wrong. They need no database and refuse to lose what was typed."""
import re

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db.models import TextChoices
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from .. import choices
from ..files.inspection import MAX_BYTES, MEGABYTE

MOST_TEXTS = 200
# An amount of the plan: project, financier, year (0: shared out over none).
CELL = re.compile(r"p(\d+)-f(\d+)-y(\d+)")
# A record’s number has no more; one that short is typed again sooner than copied.
MOST_DIGITS = 5
# What forms send back without anybody typing it: « answer:A4.Q2 », the number of a remark, the code of a document…
UNTYPED = {"target", "remark", "seen", "drafts", "expected", "document", "known", "beside", "retour", "after", "action",
           "change", "checked", "allonger", "ajouter"}
# What a list or a tick sends in the place of words.
CODES = {"on"}.union(*(one.values for one in vars(choices).values()
                       if isinstance(one, type) and issubclass(one, TextChoices)))


def typed_texts(request):
    """What the person had typed, to be copied: in the order of the form, without tokens, passwords and choices; the
    amounts of the plan as one text.
    """
    if request.method != "POST":
        return []
    texts = [value for name, value in request.POST.items() if value.strip() and name not in UNTYPED
             and not is_secret(name) and not is_choice(value) and not CELL.fullmatch(name)]
    return [*texts[:MOST_TEXTS], *filter(None, [plan_of(request.POST)])]


def plan_of(data):
    """The amounts of a financing plan as the page had them: a line for each financier, projects apart."""
    projects = {}
    for name, value in data.items():
        if (cell := CELL.fullmatch(name)) and value.strip():
            project, financier, year = cell.groups()
            projects.setdefault(project, {}).setdefault(financier, []).append(
                f"{'non réparti' if year == '0' else year} : {value}")
    return "\n\n".join("\n".join(" ; ".join(line) for line in lines.values()) for lines in projects.values())


def is_choice(value):
    """What a list sends: a code, or the number of a record."""
    return value in CODES or (value.isdigit() and len(value) <= MOST_DIGITS)


def is_secret(name, keep=()):
    """Is this field one that is never written back into a page?"""
    return any(part in name for part in ("csrf", "password", "key", "version", "base") if part not in keep)


def is_sentence(text):
    """Words of a person, to be read again; not a number, a date or the value of a choice."""
    return len(text.split()) > 1 and any(map(str.isalpha, text))


def bad_request(request, exception=None):
    if isinstance(exception, RequestDataTooBig):
        return too_heavy(request, f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE >> 20} Mo de texte")
    return render(request, "errors/400.html", status=400)


def too_heavy(request, limit):
    """limit: of one request, in words; that of a file is said beside it."""
    return render(request, "errors/413.html", {"limit": limit, "file": MAX_BYTES // MEGABYTE}, status=413)


def permission_denied(request, exception=None):
    return given_back(request, "errors/403.html", 403, reason=str(exception or ""))


def not_found(request, exception=None):
    return given_back(request, "errors/404.html", 404)


def given_back(request, template, status, **context):
    """The page of a refusal, with the texts and the amounts that were posted; not the value of a button or a choice."""
    texts = [text for text in typed_texts(request) if len(text.split()) > 1]
    return render(request, template, {"texts": texts, **context}, status=status)


def method_not_allowed(request, allowed):
    """A page that is only read, or only posted to, was asked otherwise; `allowed` is what it accepts."""
    response = render(request, "errors/405.html", {"texts": typed_texts(request)}, status=405)
    response["Allow"] = allowed
    return response


def server_error(request):
    return render(request, "errors/500.html", status=500)


def csrf_failure(request, reason=""):
    response = render(request, "errors/csrf.html", {"texts": typed_texts(request), "files": bool(request.FILES)},
                      status=403)
    add_never_cache_headers(response)
    return response
