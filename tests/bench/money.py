"""The largest plan that is aimed at, 40 projects × 8 financiers × 10 years: its page, its save, its files."""
import io
import statistics
import time

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from negotiation.documents.sheets import export
from negotiation.forms.sheets.forms import read_preview
from negotiation.models import Actor, Project, User
from negotiation.queries.commitments import plan
from negotiation.workflow.commitments import save_plan
from tests import factories

from .pages import line_of

PROJECTS, FINANCIERS, YEARS, RUNS = 40, 8, 10, 7


def measure():
    if "testserver" not in settings.ALLOWED_HOSTS:
        settings.ALLOWED_HOSTS.append("testserver")
    by = User.objects.get(email="responsable@kayes.example")
    dossier, cells = filled(by)
    client = Client()
    client.force_login(by)
    address = f"/negociations/{dossier.slug}/engagements/"
    lines = [f"Plan de {PROJECTS} projets × {FINANCIERS} financeurs × {YEARS} ans ({len(cells)} montants) :\n",
             "| page | personne | médiane (ms) | 95e centile (ms) | requêtes SQL | HTML compressé (octets) |",
             "|---|---|---|---|---|---|",
             *(line_of(client, address + page, "responsable") for page in ("", "plan/", "import/")), "",
             "| acte | médiane (ms) |", "|---|---|"]
    lines += [f"| {what} | {milliseconds(act)} |" for what, act in acts(dossier, cells, by, client, address).items()]
    return "\n".join(lines) + "\n"


def filled(by):
    """(the dossier, {cell: amount}) of a plan without an empty cell."""
    dossier = factories.negotiation(factories.council("kayes"), by, first_year=2090, last_year=2089 + YEARS)
    projects = Project.objects.bulk_create(Project(negotiation=dossier, name=f"Projet structurant n° {n}", order=n)
                                           for n in range(PROJECTS))
    financiers = Actor.objects.bulk_create(Actor(negotiation=dossier, name=f"Financeur n° {n}", side="partner",
                                                 financier=True, order=n) for n in range(FINANCIERS))
    cells = {(project.pk, actor.pk, year): 10**8 + project.pk * year + actor.pk
             for project in projects for actor in financiers for year in dossier.years}
    save_plan(dossier, cells, {}, by=by)
    return dossier, cells


def acts(dossier, cells, by, client, address):
    """{what is measured: the act}; each changes what the one before left, and takes it back."""
    some = dict(list(cells.items())[::32])
    higher = {cell: amount + 1 for cell, amount in some.items()}
    everything = {cell: amount + 1 for cell, amount in cells.items()}
    found = plan(dossier, editing=True)
    files = {kind: export.content(kind, found, dossier) for kind in export.KINDS}

    def save(after, before):
        assert save_plan(dossier, after, before, by=by) == []
        assert save_plan(dossier, before, after, by=by) == []

    def preview(kind):
        told = read_preview(io.BytesIO(files[kind]), f"plan.{kind}", plan(dossier, editing=True), dossier)
        assert (told.changes, told.refused, told.unchanged) == ([], [], len(cells))

    def post():
        response = client.post(address + "import/", {"file": SimpleUploadedFile("plan.xlsx", files["xlsx"])})
        assert response.status_code == 200

    return {
        f"enregistrer {len(some)} montants, puis les remettre (2 actes)": lambda: save(higher, some),
        f"enregistrer {len(cells)} montants, puis les remettre (2 actes)": lambda: save(everything, cells),
        **{f"exporter en {kind.upper()} ({len(files[kind])} octets), lecture du plan comprise":
           lambda kind=kind: export.content(kind, plan(dossier, editing=True), dossier) for kind in files},
        **{f"lire le {kind.upper()} exporté dans son processus, le comparer au plan": lambda kind=kind: preview(kind)
           for kind in files},
        "la page entière : déposer le XLSX, le lire, montrer l’aperçu": post,
    }


def milliseconds(act):
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        act()
        times.append((time.perf_counter() - start) * 1000)
    return f"{statistics.median(times):.0f}"
