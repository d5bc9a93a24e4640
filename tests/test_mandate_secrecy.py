"""The mandate of the Region leaves its team by no page, file, mail, snapshot nor line of the journal."""
import io
import json
import zipfile

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from negotiation import elements, money
from negotiation.choices import State
from negotiation.documents.booklet.assembly import assemble
from negotiation.documents.booklet.content import strings
from negotiation.models import JournalEntry, Mandate, Submission
from negotiation.workflow import mandates

from . import factories
from .pdf_files import text_of
from .test_urls import OPEN

TEAM = ("editor", "manager")
OTHERS = ("examiner", "director", "adviser", "partner", "administrator", "stranger", "anonymous")
FLOOR, CONCESSIONS, ARGUMENTS = 123_456_789, "Céder une année zqcession", "Dire le risque zqargument"
MARKS = {"123456789", "zqcession", "zqargument"}
# Made once below: a PDF takes a second, and holds the same for each of its readers.
FILES = {"booklet_pdf", "handover_pdf", "published_pdf", "document"}


@pytest.fixture
def secret(dossier, people, places):
    """A mandate written, then changed, on the project of a position; D4 submitted with it."""
    project = dossier.projects.get()
    mandates.save_mandate(Mandate(project=project, floor=99, concessions="zqcession"), dossier, by=people["editor"])
    mandates.save_mandate(Mandate(project=project, floor=FLOOR, concessions=CONCESSIONS, arguments=ARGUMENTS), dossier,
                          by=people["manager"])
    factories.put(dossier, "D4", State.SUBMITTED, by=people["manager"])
    return project


def bare(text):
    """Without any space: an amount is found however its thousands are parted."""
    return "".join(text.split())


def read(response):
    """What a response says, unzipped when it is an archive or a workbook."""
    content = b"".join(response) if response.streaming else response.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"\n".join(archive.read(name) for name in archive.namelist())
    return bare(content.decode("utf-8", "replace"))


def addresses(places, dossier):
    """Every address of the site, those of D4 too, each act of the journal, and the journal asked for the mandate."""
    for name in sorted(set(OPEN) - {"account_logout"} - FILES):
        arguments = places.get(name)
        url = reverse(name, kwargs=arguments)
        if arguments and "code" in arguments:
            yield name, reverse(name, kwargs=arguments | {"code": "D4"})
        if name == "journal_act":
            for entry in JournalEntry.objects.filter(negotiation=dossier):
                yield name, reverse(name, kwargs=arguments | {"number": entry.number})
        elif name in ("journal", "journal_csv"):
            yield from ((name, f"{url}?{query}") for query in ("famille=positions", "q=zqcession", "q=mandat", "q=99"))
        elif name == "positions":
            yield name, f"{url}?projet={places['mandate']['project']}"
        yield name, url


def told(who, people, places, dossier, marks=MARKS):
    """{(address, mark)} that one person reads somewhere."""
    client, found = Client(), set()
    if people[who]:
        client.force_login(people[who])
    for name, url in addresses(places, dossier):
        page = read(client.get(url))
        found |= {(name, mark) for mark in marks if mark in page}
    return found


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_reads_it_anywhere(secret, people, places, dossier, who):
    # The search box of the journal repeats what was typed in it.
    assert told(who, people, places, dossier) - {("journal", "zqcession")} == set()


def test_the_team_reads_it_on_its_page_and_how_far_each_position_is(secret, people, places, dossier, manager):
    assert {who: told(who, people, places, dossier) - {("journal", "zqcession")} for who in TEAM} == dict.fromkeys(
        TEAM, {("mandate", mark) for mark in MARKS})
    client = Client()
    client.force_login(manager)
    assert f"{bare(money.format(FLOOR - 400))}endessousduplancher" in bare_text(client, dossier)


def bare_text(client, dossier):
    page = client.get(reverse("positions", args=[dossier.slug])).content.decode()
    return bare(page.replace('<b class="nowrap">', "").replace("</b>", ""))


@pytest.mark.parametrize("who", ["examiner", "director", "adviser", "partner", "administrator"])
def test_nobody_else_learns_that_there_is_one(secret, people, dossier, who):
    client = Client()
    client.force_login(people[who])
    page = bare_text(client, dossier)
    assert [word for word in ("andat", "plancher", "Réservé") if word in page] == []
    if who != "partner":
        journal = client.get(reverse("journal", args=[dossier.slug]), {"famille": "positions"}).content.decode()
        assert ("modifie le mandat" in journal, "inscrit la position" in journal) == (False, True)
        acts = JournalEntry.objects.filter(negotiation=dossier, action="mandate.change")
        pages = [client.get(reverse("journal_act", args=[dossier.slug, act.number])) for act in acts]
        assert {page.status_code for page in pages} == {404}


def test_it_is_in_no_file_of_anyone(secret, people, places, dossier, tmp_path):
    """Not even in those made for the team: a livret is passed on."""
    call_command("booklet", dossier.slug, output=str(tmp_path / "command.pdf"))
    for who, name in (("manager", "booklet_pdf"), ("partner", "booklet_pdf"), ("manager", "handover_pdf")):
        client = Client()
        client.force_login(people[who])
        (tmp_path / f"{who}-{name}.pdf").write_bytes(b"".join(client.get(reverse(name, kwargs=places[name]))))
    texts = {path.name: bare(text_of(path)) for path in tmp_path.glob("*.pdf")}
    assert len(texts) == 4
    assert {(name, mark) for name, page in texts.items() for mark in MARKS if mark in page} == set()
    said = bare(" ".join(map(str, strings(assemble(dossier)))))
    assert [mark for mark in MARKS if mark in said] == []


def test_it_does_not_date_the_livret(dossier, people, places):
    before = assemble(dossier).digest
    mandates.save_mandate(Mandate(project=dossier.projects.get(), floor=5), dossier, by=people["manager"])
    assert assemble(dossier).digest == before


def test_it_is_in_no_snapshot_no_line_of_the_journal_and_no_mail(secret, people, dossier):
    step = dossier.steps.select_related("step", "negotiation").get(step__code="D4")
    kept = bare(json.dumps([*Submission.objects.values_list("content", flat=True),
                            elements.content(elements.of_step(step))], ensure_ascii=False))
    acts = bare(json.dumps(list(JournalEntry.objects.values("subject", "reason", "details", "key", "by_name")),
                           ensure_ascii=False))
    call_command("send_notifications", verbosity=0)
    mails = bare(" ".join(f"{one.subject} {one.body}" for one in mail.outbox))
    assert [(mark, place) for mark in MARKS for place, text in (("snapshot", kept), ("journal", acts), ("mail", mails))
            if mark in text] == []
    assert list(JournalEntry.objects.filter(action="mandate.change").order_by("pk").values_list("details", flat=True)) \
        == [{"fields": "plancher (FCFA), concessions possibles"},
            {"fields": "plancher (FCFA), concessions possibles, arguments"}]
