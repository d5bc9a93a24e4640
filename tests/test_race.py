"""Acts at the same moment on a real server: double clicks, two writers, two reviewers, a reviewer and the Region."""
import hashlib
import html
import json
import secrets
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

pytestmark = pytest.mark.xdist_group("live")
TOKEN = secrets.token_hex(16)
COUNT = "from negotiation.models import JournalEntry as J, StepProgress as S\n" \
        "mine = {'negotiation__region__slug': 'kayes', 'negotiation__first_year__range': (2030, 2069)}\n" \
        "print(J.objects.filter(action='step.submit', **mine).count(), S.objects.filter(state='submitted', **mine)" \
        ".count(), S.objects.filter(**mine).exclude(state='submitted').count())"
MIXED = 30


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


def post(server, session, slug, code, version, key):
    return send(server, session, f"{slug}/etapes/{code}/acte/submit/", version=version, key=key)


def send(server, session, path, **fields):
    return answered(server, session, path, **fields)[0]


def answered(server, session, path, **fields):
    """(status, page) of one post."""
    data = urllib.parse.urlencode({"csrfmiddlewaretoken": TOKEN, **fields}).encode()
    request = urllib.request.Request(
        f"{server.url}/negociations/{path}", data,
        {"Cookie": f"sessionid={session}; csrftoken={TOKEN}", "Referer": server.url})
    try:
        return urllib.request.build_opener(NoRedirect).open(request, timeout=60).status, ""
    except urllib.error.HTTPError as answer:
        return answer.code, html.unescape(answer.read().decode())


@pytest.fixture(scope="module")
def prepared(server):
    return json.loads(server.run("-m", "tests.prepare_race"))


def test_eight_simultaneous_posts_on_a_hundred_steps_are_a_hundred_acts(server, prepared):
    """Half of the steps: one form posted eight times (same key). Half: eight tabs (eight keys)."""
    answers = Counter()
    with ThreadPoolExecutor(8) as pool:
        for number, (slug, code, version) in enumerate(prepared["steps"]):
            keys = [f"clic-{number}"] * 8 if number % 2 else [f"onglet-{number}-{i}" for i in range(8)]
            sent = [pool.submit(post, server, prepared["session"], slug, code, version, key) for key in keys]
            answers.update((number % 2, one.result()) for one in sent)
    assert server.manage("shell", "--no-imports", "-c", COUNT).split() == ["100", "100", "12"]
    # The same form: eight successes. Other tabs: one success, seven clear refusals.
    assert answers == {(1, 302): 400, (0, 302): 50, (0, 409): 350}


def test_answers_and_events_of_one_step_never_wait_for_each_other_in_a_circle(server, prepared):
    """Two people answer while two others add events to the same step: every post is carried out, none breaks."""
    slug, code, progress, question = prepared["open"]
    base = hashlib.sha256(b"").hexdigest()[:16]

    def answer(number):
        return send(server, prepared["session"], f"{slug}/etapes/{code}/", **{
            question: f"Réponse {number}", f"{question}-base": base})

    def event(number):
        return send(server, prepared["session"], f"{slug}/fiches/evenements/ajouter/", title=f"Séance {number}",
                    kind="meeting", date="2031-03-01", precision="day", progress=progress, key=f"s{number}")
    with ThreadPoolExecutor(4) as pool:
        sent = [(act.__name__, pool.submit(act, number)) for number in range(MIXED) for act in (answer, event)]
        answers = Counter((name, one.result()) for name, one in sent)
    # The first answer is saved; the others see that the text they had read has changed, and are told so.
    assert answers == {("answer", 302): 1, ("answer", 409): MIXED - 1, ("event", 302): MIXED}


def test_acts_on_many_steps_of_one_dossier_keep_one_unbroken_chain(server, prepared):
    """They share no lock but the head of the journal: each act takes its own number, and follows the one before."""
    slug, steps = prepared["open"][0], prepared["questions"]
    base = hashlib.sha256(b"").hexdigest()[:16]

    def answer(code, question):
        return send(server, prepared["session"], f"{slug}/etapes/{code}/", **{
            question: "Une réponse", f"{question}-base": base})
    # One question of each step in turn: neighbours never wait for the same step.
    turns = [(code, questions[turn]) for turn in range(max(map(len, steps.values())))
             for code, questions in steps.items() if turn < len(questions)]
    before = read(server, slug)
    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(lambda turn: answer(*turn), turns)) == {302: len(turns)}
    # Each step also says once that its work has begun.
    after = before + len(turns) + len(steps)
    assert server.manage("verify_journal", slug) == f"Journal intact : {after} actes.\n"
    assert server.manage("verify_journal").startswith("Journal intact : ")


TOLD = ("n’est plus possible. Quelqu’un a agi avant vous", "L’étape a changé depuis que vous avez ouvert",
        "Ce n’est pas, ou plus, à votre organisation", "Un examinateur a déjà ouvert cette soumission",
        "La Région a repris cette soumission le")
OUTCOMES = "import json\nfrom negotiation.models import StepProgress as S\n" \
           "def acts(s): return list(s.journal.exclude(action='review.open').values_list('action', flat=True))\n" \
           "print(json.dumps([[s.step.code, s.state, [x.outcome for x in s.submissions.all()], acts(s)] " \
           "for s in S.objects.filter(negotiation__slug='{}').select_related('step')]))"


def duel(server, steps, first, second):
    """Two people act at once on each of 20 steps: [(code, the act that was done)]. The other is told in words."""
    done = []
    with ThreadPoolExecutor(2) as pool:
        for number, (slug, code, version) in enumerate(steps[:20]):
            sent = [(action, pool.submit(answered, server, session, f"{slug}/etapes/{code}/acte/{action}/",
                                         version=version, reason="Motif.", key=f"duel-{number}-{action}"))
                    for session, action in (first, second)[::1 if number % 2 else -1]]
            found = {action: one.result() for action, one in sent}
            assert sorted(status for status, _ in found.values()) == [302, 409]
            (words,) = [page for status, page in found.values() if status == 409]
            assert any(sentence in words.replace("\xa0", " ") for sentence in TOLD)
            done.append((code, next(action for action, (status, _) in found.items() if status == 302)))
    return done


def outcomes(server, steps):
    """{code: (state, outcomes of its submissions, acts of its journal)}"""
    found = server.manage("shell", "--no-imports", "-c", OUTCOMES.format(steps[0][0]))
    return {code: (state, ended, acts) for code, state, ended, acts in json.loads(found)}


RETURNED = ("returned", ["returned"], ["step.return"])


def test_two_reviewers_deciding_at_once_decide_once(server, prepared):
    steps, (one, other) = prepared["examined"][0], prepared["reviewers"]
    done = duel(server, steps, (one, "approve"), (other, "return"))
    found = outcomes(server, steps)
    # A step that is also decided goes on to that level.
    approved = {("approved", ("approved",), ("step.approve",)), ("submitted", ("",), ("step.pass",))}
    assert {code: found[code] for code, action in done if action == "return"} == {
        code: RETURNED for code, action in done if action == "return"}
    assert {(state, tuple(ended), tuple(acts)) for state, ended, acts in (
        found[code] for code, action in done if action == "approve")} <= approved
    assert server.manage("verify_journal", steps[0][0]).startswith("Journal intact : ")


def test_a_reviewer_deciding_while_the_region_recalls_is_one_outcome(server, prepared):
    steps = prepared["examined"][1]
    done = duel(server, steps, (prepared["reviewers"][0], "return"), (prepared["session"], "recall"))
    found = outcomes(server, steps)
    assert {code: found[code] for code, _ in done} == {
        code: RETURNED if action == "return" else ("draft", ["recalled"], ["step.recall"]) for code, action in done}
    assert server.manage("verify_journal", steps[0][0]).startswith("Journal intact : ")


def read(server, slug):
    return int(server.manage("verify_journal", slug).split()[3])


ALTERED = """
from django.db import connection
from negotiation.models import JournalEntry, guard
from negotiation.workflow.chain import verify_all
last = JournalEntry.objects.exclude(negotiation=None).order_by("negotiation_id", "number").last()
row = JournalEntry.objects.filter(pk=last.pk)
guard.lift(connection)
row.update(reason="Autre motif")
print([fault and (fault.number == last.number, fault.what) for _, fault in map(verify_all, (1, 3))])
row.update(reason=last.reason)
guard.install(connection)
print([verify_all(processes) == verify_all(1) for processes in (2, 3)])
"""


def test_several_processes_read_the_journal_as_one_does(server, prepared):
    assert server.manage("verify_journal", "--processes", "3") == server.manage("verify_journal")
    said = (True, "cet acte n’est plus tel qu’il a été inscrit : son contenu a été modifié.")
    assert server.manage("shell", "-v0", "-c", ALTERED) == f"{[said, said]}\n[True, True]\n"
