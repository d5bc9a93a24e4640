"""The livret of Kayes beside bare WeasyPrint on the same HTML, each in a fresh process, in turn."""
import statistics
import tempfile
from pathlib import Path

from negotiation.documents.booklet import render
from negotiation.documents.booklet.assembly import assemble
from negotiation.models import Negotiation

from .measuring import run

RUNS = 5
START = "import django; django.setup()"
OURS = START + """
from negotiation.documents.booklet import render
from negotiation.documents.booklet.assembly import assemble
from negotiation.models import Negotiation
made = render.pdf(assemble(Negotiation.objects.get(slug='kayes-2018-2022')), patient=True)
print(render.page_count(made), len(made))"""


def measure():
    """Both sides are whole processes; the start of Django, which a site pays once, is measured apart and taken off."""
    content = assemble(Negotiation.objects.get(slug="kayes-2018-2022"))
    ours, bare, start_up = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "kayes.html"
        page.write_text(render.html(content))
        for _ in range(RUNS):
            start_up.append(run("-c", START))
            ours.append(run("-c", OURS))
            bare.append(run("-m", "tests.bench.bare", str(page)))
    pages, size = ours[0].output.split()
    return (f"Livret de Kayes ({pages} pages, {int(size) // 1024} Kio), médianes de {RUNS}, processus entiers :\n\n"
            "| | durée (s) | processeur (s) | mémoire de pointe (Mio) |\n|---|---|---|---|\n"
            f"{row('livret : lecture du dossier, mise en page à part, PDF/A et PDF/UA', ours)}"
            f"{row('dont démarrage de Django, que le site paie une fois', start_up)}"
            f"{row('WeasyPrint nu, même HTML', bare)}\n"
            "Livret sans le démarrage de Django, rapporté à WeasyPrint nu : "
            f"durée {ratio(ours, start_up, bare, 'wall')}, processeur {ratio(ours, start_up, bare, 'processor')}.")


def row(label, runs):
    return (f"| {label} | {median(runs, 'wall'):.2f} | {median(runs, 'processor'):.2f} | "
            f"{max(one.peak for one in runs):.0f} |\n")


def median(runs, what):
    return statistics.median(getattr(one, what) for one in runs)


def ratio(ours, start_up, bare, what):
    return f"{(median(ours, what) - median(start_up, what)) / median(bare, what):.2f}"
