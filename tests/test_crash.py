"""The server killed in the middle of submissions, each with a deposit just before: the whole act, or nothing of it.

CRASH_TRIALS submissions (50 unless told otherwise), five at a time: every process of the server receives SIGKILL 1 to
60 ms after they begin, after the first is answered (however slow the machine, others are then half done), or after the
deposits begin; it starts again, and the next five follow. `make soak` runs 500.
"""
import http.client
import json
import os
import random
import secrets
import threading
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

import pytest

from . import factories
from .live import Server

pytestmark = pytest.mark.xdist_group("crash")
TRIALS = int(os.environ.get("CRASH_TRIALS", "50"))
TOGETHER = 5
CUTS = ("start", "answer", "answer", "deposits")
TOKEN = secrets.token_hex(16)


@pytest.fixture(scope="module")
def crashing(tmp_path_factory):
    """A server of its own, which these tests may kill."""
    live = Server(tmp_path_factory.mktemp("crash"))
    try:
        live.manage("demo")
        yield live
    finally:
        live.stop()


def post(server, session, path, fields, file=None):
    """The status of one post, None when the server died before it answered."""
    headers = {"Cookie": f"sessionid={session}; csrftoken={TOKEN}", "Referer": server.url}
    fields = {"csrfmiddlewaretoken": TOKEN, **fields}
    if file is None:
        body, headers["Content-Type"] = urllib.parse.urlencode(fields), "application/x-www-form-urlencoded"
    else:
        parts = [f'--{TOKEN}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
                 for name, value in fields.items()]
        body = b"".join([*parts, f'--{TOKEN}\r\nContent-Disposition: form-data; name="file"; filename="piece.pdf"\r\n'
                         'Content-Type: application/pdf\r\n\r\n'.encode(), file, f"\r\n--{TOKEN}--\r\n".encode()])
        headers["Content-Type"] = f"multipart/form-data; boundary={TOKEN}"
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request("POST", path, body, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def exchange(server, session, step, ready, first, told):
    """Deposit a document, wait for the others, submit; keep in `told` what was answered as done."""
    slug, code, version = step
    title, base = f"Pièce {secrets.token_hex(4)}", f"/negociations/{slug}/etapes/{code}/"
    if post(server, session, f"{base}pieces/", {"title": title, "key": secrets.token_hex(8)},
            factories.pdf_bytes(title)) == 302:
        told.append([slug, code, "deposit", title])
        version += 1
    ready.wait()
    if post(server, session, f"{base}acte/submit/", {"version": version, "key": secrets.token_hex(8)}) == 302:
        told.append([slug, code, "submit", ""])
        first.set()


def trial(server, session, steps, told, *, after):
    """Five exchanges at once, and the power cut, a moment after the « start » of the submissions, the first « answer »
    or the start of the « deposits »."""
    ready, first = threading.Barrier(len(steps) + 1), threading.Event()
    with ThreadPoolExecutor(len(steps)) as pool:
        for step in steps:
            pool.submit(exchange, server, session, step, ready, first, told)
        if after != "deposits":
            ready.wait()
        if after == "answer":
            first.wait(30)
        time.sleep(random.uniform(0.001, 0.060))
        server.kill()
        if after == "deposits":
            ready.wait()


def test_a_killed_server_leaves_whole_acts_or_nothing(crashing):
    prepared = json.loads(crashing.run("-m", "tests.crash", "prepare", str(TRIALS)))
    told = []
    for number in range(0, TRIALS, TOGETHER):
        crashing.start()
        trial(crashing, prepared["session"], prepared["steps"][number:number + TOGETHER], told,
              after=CUTS[number // TOGETHER % len(CUTS)])
    crashing.start()
    found = json.loads(crashing.run("-m", "tests.crash", "check", json.dumps(told)))
    print(f"{TRIALS} trials: {found['deposited']} deposits and {found['submitted']} submissions done, "
          f"{len(told)} of them confirmed before the end")
    assert found["violations"] == []
    assert crashing.manage("verify_journal").startswith("Journal intact : ")
    # The cuts fell where they were meant to: some before the act, some after it.
    assert 0 < found["submitted"] < TRIALS
