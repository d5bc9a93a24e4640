"""Each main page: median and 95th percentile time, queries, weight of the HTML compressed."""
import gzip
import statistics
import time

import brotli
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cper.bundle import PARTS
from cper.storage import light
from negotiation.models import Negotiation, User

RUNS = 40
DOSSIER = ["", "etapes/A1/", "etapes/C4/", "chronologie/", "acteurs/", "engagements/", "engagements/plan/",
           "difficultes/", "livret/", "journal/", "journal/?famille=etapes&q=commune"]


def measure():
    settings.ALLOWED_HOSTS.append("testserver")
    region = Negotiation.objects.filter(region__slug="kayes", first_year=2024).get()
    slug = f"/negociations/{region.slug}/"
    lines = ["| page | personne | médiane (ms) | 95e centile (ms) | requêtes SQL | HTML compressé (octets) |",
             "|---|---|---|---|---|---|"]
    plan = [("mesure@dgct.example", ["/taches/", "/examens/", "/notifications/", "/negociations/"]),
            ("responsable@kayes.example", ["/negociations/kayes-2018-2022/" + page for page in DOSSIER]),
            ("mesure@dgct.example", [slug + page for page in DOSSIER if "plan" not in page]),
            (None, ["/", "/grille/", "/grille/A1/", "/glossaire/", "/livrets/"])]
    for email, paths in plan:
        client = Client()
        if email:
            client.force_login(User.objects.get(email=email))
        lines += [line_of(client, path, email or "public") for path in paths]
    return "\n".join([*lines, "", weights(slug)])


def line_of(client, path, who):
    times = []
    client.get(path)
    for _ in range(RUNS):
        start = time.perf_counter()
        response = client.get(path)
        times.append((time.perf_counter() - start) * 1000)
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return f"| `{path}` | {who.split('@')[0]} | {statistics.median(times):.0f} | " \
           f"{statistics.quantiles(times, n=20)[18]:.0f} | {len(queries)} | {len(gzip.compress(response.content, 6))} |"


def weights(slug):
    """The step page on a first visit and afterwards, as bytes on the wire."""
    client = Client()
    client.force_login(User.objects.get(email="mesure@dgct.example"))
    html = len(gzip.compress(client.get(f"{slug}etapes/A1/").content, 6))
    static = settings.BASE_DIR / "static"
    css = b"\n".join((static / "css" / f"{part}.css").read_bytes() for part in PARTS)
    sizes = {"feuille de style": light("css/site.css", css),
             "script": light("js/site.js", (static / "js" / "site.js").read_bytes()),
             "icône": (static / "img" / "favicon.svg").read_bytes()}
    packed = {name: len(brotli.compress(content)) for name, content in sizes.items()}
    detail = ", ".join(f"{name} {size}" for name, size in packed.items())
    return f"Page d’étape : {html + sum(packed.values())} octets à la première visite (HTML {html}, {detail}), " \
           f"{html} octets ensuite.\n"
