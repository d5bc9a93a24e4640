"""The livret of Kayes beside bare WeasyPrint on the same HTML, each in a fresh process, in turn."""
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from django.conf import settings

from negotiation.documents.booklet import render
from negotiation.documents.booklet.assembly import assemble
from negotiation.models import Negotiation

RUNS = 5
OURS = "import django; django.setup()\n" \
       "from negotiation.documents.booklet import render\n" \
       "from negotiation.documents.booklet.assembly import assemble\n" \
       "from negotiation.models import Negotiation\n" \
       "import time, sys; start = time.perf_counter()\n" \
       "made = render.pdf(assemble(Negotiation.objects.get(slug='kayes-2018-2022')))\n" \
       "print(time.perf_counter() - start, render.page_count(made), len(made))"


def run(*command):
    """(seconds, peak memory in MiB of the process and its children, output)."""
    start = time.perf_counter()
    child = subprocess.Popen([sys.executable, *command], cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True,
                             env=os.environ)
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    assert status == 0, command
    return time.perf_counter() - start, usage.ru_maxrss / 1024, output


def measure():
    content = assemble(Negotiation.objects.get(slug="kayes-2018-2022"))
    ours, bare, start_up = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "kayes.html"
        page.write_text(render.html(content))
        for _ in range(RUNS):
            start_up.append(run("-c", "import django; django.setup()")[0])
            ours.append(run("-c", OURS))
            bare.append(run("-m", "tests.bench.bare", str(page)))
    inside = [float(output.split()[0]) for *_, output in ours]
    pages, size = ours[0][2].split()[1:]
    mine, theirs = statistics.median(inside), statistics.median(seconds for seconds, *_ in bare)
    return (f"Livret de Kayes ({pages} pages, {int(size) // 1024} Kio), médianes de {RUNS} :\n\n"
            "| | durée (s) | mémoire de pointe (Mio) |\n|---|---|---|\n"
            f"| livret : lecture du dossier, mise en page à part, PDF/UA | {mine:.2f} | "
            f"{max(peak for _, peak, _ in ours):.0f} |\n"
            f"| WeasyPrint nu, même HTML | {theirs:.2f} | {max(peak for _, peak, _ in bare):.0f} |\n\n"
            f"Rapport des durées : {mine / theirs:.2f}.")
