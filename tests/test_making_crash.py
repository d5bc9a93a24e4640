"""Makers of editions killed at every stage: the edition is made once, or not yet and made by another; never twice.

MAKING_EVERY=1 (`make soak`) kills after each statement that a maker sends to the database, one in five otherwise.
"""
import json
import os
import signal
import time
import urllib.parse
import urllib.request

import pytest

from .live import Server
from .test_race import TOKEN, NoRedirect

pytestmark = pytest.mark.xdist_group("crash")
EVERY = os.environ.get("MAKING_EVERY", "5")
LONG_AGO = "2020-01-01 00:00:00+00:00"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server of its own, whose editions are made by workers."""
    live = Server(tmp_path_factory.mktemp("making"))
    live.env["TASKS"] = "database"
    try:
        live.manage("demo")
        yield live.start()
    finally:
        live.stop()


def test_a_killed_maker_leaves_an_edition_or_what_another_makes_it_from(server):
    found = json.loads(server.run("-m", "tests.making_crash", "trials", EVERY, timeout=3600))
    print(f"{found['killed']} makers killed")
    assert found["violations"] == []
    # From the taking to the last statement before the end of the transaction: there are some twenty.
    assert found["killed"] * int(EVERY) >= 15
    assert server.manage("verify_journal").startswith("Journal intact : ")


def wait_for(server, statement, wanted):
    for _ in range(6000):
        if (found := server.ask(statement)) in wanted:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{statement}: {found}\n{(server.folder / 'workers.log').read_text()}")


def send(server, session, path, **data):
    """(status, where it leads) of a page, or of a form."""
    body = urllib.parse.urlencode({"csrfmiddlewaretoken": TOKEN, **data}).encode() if data else None
    request = urllib.request.Request(f"{server.url}{path}", body, {
        "Cookie": f"sessionid={session}; csrftoken={TOKEN}", "Referer": server.url})
    try:
        answer = urllib.request.build_opener(NoRedirect).open(request, timeout=60)
    except urllib.error.HTTPError as refused:
        answer = refused
    return answer.status, answer.headers.get("Location")


def kill(worker, number=signal.SIGKILL):
    if worker.poll() is None:
        os.killpg(worker.pid, number)
    return worker.wait(120)


STATE = "SELECT state FROM negotiation_making"
EDITIONS = "SELECT count(*) FROM negotiation_booklet b JOIN negotiation_negotiation n ON n.id = b.negotiation_id " \
           "WHERE n.slug = 'kayes-2018-2022' AND number = 2"


def test_workers_killed_in_the_middle_of_the_layout_and_told_to_stop(server):
    """The site only asks; one worker is killed while it lays out, the next makes the edition; told to stop in the
    middle, it ends its work first.
    """
    prepared = json.loads(server.run("-m", "tests.making_crash", "prepare"))
    base = f"/negociations/{prepared['slug']}/livret/"
    workers = []
    try:
        assert send(server, prepared["session"], f"{base}etablir/", read="on", key="une fois") == (
            302, f"{base}2/preparation/")
        assert server.ask(STATE) == [("waiting",)]
        assert send(server, prepared["session"], f"{base}2/preparation/")[0] == 200
        workers.append(server.worker())
        wait_for(server, STATE, [[("layout",)]])
        kill(workers[0])
        assert (server.ask(STATE), server.ask(EDITIONS)) == ([("layout",)], [(0,)])
        # A minute later, to the second worker.
        server.ask(f"UPDATE negotiation_making SET seen_at = '{LONG_AGO}'")
        workers.append(server.worker())
        wait_for(server, "SELECT state, attempts FROM negotiation_making", [[("layout", 2)]])
        assert kill(workers[1], signal.SIGTERM) == 0
        assert (server.ask(STATE), server.ask(EDITIONS)) == ([], [(1,)])
        assert send(server, prepared["session"], f"{base}2/preparation/") == (302, f"{base}2/publier/")
        assert server.manage("verify_journal").startswith("Journal intact : ")
    finally:
        for worker in workers:
            kill(worker)
