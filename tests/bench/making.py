"""The pages of a served site while nothing is made and while a worker makes an edition: the same requests, in turn."""
import json
import statistics
import tempfile
import time
import urllib.request
from pathlib import Path

from tests.live import Server

ROUNDS, LIMIT = 30, 2
PAGES = ["", "etapes/A1/", "engagements/", "livret/"]


def measure():
    """Lines of Markdown: the median of each page idle, while an edition is made, and how many times longer."""
    with tempfile.TemporaryDirectory(prefix="cper-bench-making-") as folder:
        server = Server(Path(folder))
        server.env["TASKS"] = "database"
        worker = None
        try:
            server.manage("demo")
            prepared = json.loads(server.run("-m", "tests.making_crash", "prepare"))
            server.start()
            paths = [f"/negociations/{prepared['slug']}/{page}" for page in PAGES] + ["/taches/", "/livrets/"]
            rounds(server, prepared["session"], paths, 3)
            worker = server.worker()
            idle, busy = in_turn(server, prepared["session"], paths)
        finally:
            if worker:
                worker.kill()
                worker.wait(20)
            server.stop()
    return told(paths, idle, busy)


def rounds(server, session, paths, number):
    """{path: seconds of each answer}, one page after the other."""
    found = {path: [] for path in paths}
    for _ in range(number):
        for path in paths:
            found[path].append(seconds(server, session, path))
    return found


def seconds(server, session, path):
    request = urllib.request.Request(server.url + path, headers={"Cookie": f"sessionid={session}"})
    start = time.perf_counter()
    with urllib.request.urlopen(request, timeout=60) as answer:
        answer.read()
        assert answer.url == server.url + path, answer.url
    return time.perf_counter() - start


def in_turn(server, session, paths):
    """Rounds while the worker has nothing to do, then while an edition is laid out, and so on: what else the machine
    does weighs on both.
    """
    idle, busy = ({path: [] for path in paths} for _ in range(2))
    while min(map(len, busy.values())) < ROUNDS:
        for path, times in rounds(server, session, paths, 8).items():
            idle[path] += times
        server.run("-m", "tests.making_crash", "ask")
        while state := server.ask("SELECT state FROM negotiation_making"):
            if state == [("layout",)]:
                for path, times in rounds(server, session, paths, 1).items():
                    busy[path] += times
            else:
                time.sleep(0.05)
    return idle, busy


def told(paths, idle, busy):
    lines = ["Pages pendant qu’un processus de fond fait une édition (Kayes), médianes, site servi par gunicorn :\n",
             "| page | au repos (ms) | pendant (ms) | rapport |", "|---|---|---|---|"]
    ratios = []
    for path in paths:
        before, after = (statistics.median(times[path]) * 1000 for times in (idle, busy))
        ratios.append(after / before)
        lines.append(f"| `{path}` | {before:.0f} | {after:.0f} | {after / before:.2f} |")
    verdict = "tenu" if max(ratios) < LIMIT else "manqué"
    return "\n".join([*lines, "", f"Le plus grand rapport : {max(ratios):.2f} (but : moins de {LIMIT}, {verdict}).\n"])
