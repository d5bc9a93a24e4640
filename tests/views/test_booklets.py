"""The page of the livret, its draft PDF, its publication, and the public pages of its editions."""
import hashlib
import io

import pikepdf
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from negotiation.choices import Action, EditionState, Nature, OrganisationKind, Role, State
from negotiation.documents.booklet import render
from negotiation.documents.booklet.assembly import assemble
from negotiation.documents.pdf import to_pdf
from negotiation.documents.slots import slot
from negotiation.models import Booklet, Difficulty, Event, JournalEntry
from negotiation.templatetags.components import date_of
from negotiation.workflow import booklets, steps
from negotiation.workflow.journal import fingerprint_of, record
from negotiation.workflow.transitions import NotAllowed

from .. import factories
from ..documents.conftest import small_dossier, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _var(settings, tmp_path):
    settings.VAR = tmp_path


@pytest.fixture
def dossier(kayes, manager):
    return small_dossier(kayes, manager)


@pytest.fixture
def url(dossier):
    return f"/negociations/{dossier.slug}/livret/"


@pytest.fixture
def edition(dossier, manager):
    """Edition 1; what its file holds is told by other tests."""
    return factories.published(dossier, manager)


def pages_of(pdf):
    """The number of pages, and the title of the document."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return len(document.pages), str(document.docinfo["/Title"])


def body(response):
    return b"".join(response.streaming_content)


def establish(client, url, **data):
    return client.post(f"{url}etablir/", {"read": "on", **data})


def publish(client, url, number=1, **data):
    return client.post(f"{url}{number}/publier/", {"read": "on", **data})


def withdraw(client, url, number=1, **data):
    return client.post(f"{url}{number}/retirer/", data)


def test_the_page_tells_each_chapter_and_what_is_still_empty(sign_in, editor, dossier, url):
    Event.objects.create(negotiation=dossier, date="2027-01-01", kind="meeting", title="Réunion")
    html = sign_in(editor).get(url).content.decode()
    for said in ("2. Chronologie de la négociation", "1\u00a0événement", "Aucune obligation", "sans réponse sur",
                 "Aucune édition n’est établie.", f"{url}pdf/"):
        assert said in html, said


def test_only_those_who_may_publish_see_the_button(sign_in, editor, manager, examiner, director, url):
    shown = {user: "Établir une édition" in sign_in(user).get(url).content.decode()
             for user in (editor, manager, examiner, director)}
    assert shown == {editor: False, manager: True, examiner: False, director: True}


def test_the_page_costs_the_same_for_one_row_and_for_three(sign_in, editor, dossier, url):
    client, counts = sign_in(editor), []
    for _ in range(2):
        Difficulty.objects.create(negotiation=dossier, family="human", what="Difficulté")
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))
    assert counts == [10, 10]


def test_the_draft_is_made_once_for_the_same_words_and_replaces_the_older(sign_in, editor, dossier, url, settings):
    client, kept = sign_in(editor), settings.VAR / "booklets"

    def made():
        return [(path.name, path.stat().st_ino, path.stat().st_mtime_ns) for path in kept.iterdir()]
    first, once = client.get(f"{url}pdf/"), made()
    second = client.get(f"{url}pdf/")
    assert first["Content-Type"] == "application/pdf"
    assert first["Content-Disposition"] == f'attachment; filename="livret-{dossier.slug}-projet.pdf"'
    pdf = body(first)
    assert pdf == body(second)
    assert pages_of(pdf)[1].endswith("(projet)")
    assert made() == once
    Event.objects.create(negotiation=dossier, date="2027-01-01", kind="meeting", title="Réunion")
    assert body(client.get(f"{url}pdf/")) != pdf
    assert len(list(kept.iterdir())) == 1


def test_a_stranger_sees_no_livret(sign_in, stranger, url):
    client = sign_in(stranger)
    assert [client.get(address).status_code for address in (url, f"{url}pdf/")] == [404, 404]
    assert [establish(client, url).status_code, publish(client, url).status_code] == [404, 404]


@pytest.mark.parametrize("who", ["editor", "examiner"])
def test_those_who_may_not_publish_are_refused(request, sign_in, url, edition, who):
    client = sign_in(request.getfixturevalue(who))
    assert [establish(client, url).status_code, client.get(f"{url}etablir/").status_code,
            publish(client, url).status_code, client.get(f"{url}1/publier/").status_code,
            withdraw(client, url, reason="Erreur").status_code] == [403] * 5
    assert Booklet.objects.get() == edition


def test_before_establishing_one_reads_what_the_edition_holds_and_lacks(sign_in, manager, dossier, url):
    page = sign_in(manager).get(f"{url}etablir/").content.decode()
    for said in ("Établir l’édition 1", "Étapes approuvées\u00a0: 0 sur 1", "J’ai relu le projet",
                 "8\u00a0questions sans réponse", "Aucune obligation", "Relire le projet"):
        assert said in page, said
    assert "Rien n’a changé" not in page
    factories.established(dossier, manager)
    assert "Rien n’a changé depuis l’édition 1" in sign_in(manager).get(f"{url}etablir/").content.decode()
    record(Action.RECORD_ADD, "Séance", by=manager, negotiation=dossier)
    assert "Rien n’a changé" not in sign_in(manager).get(f"{url}etablir/").content.decode()
    dossier.steps.update(state=State.APPROVED)
    assert "1 sur 1" in sign_in(manager).get(f"{url}etablir/").content.decode()


def test_nothing_is_established_nor_published_that_was_not_read(sign_in, manager, dossier, url):
    client = sign_in(manager)
    refused = establish(client, url, read="")
    assert refused.status_code == 422
    assert "cochez «\xa0J’ai relu le projet\xa0»" in refused.content.decode()
    assert Booklet.objects.count() == 0
    factories.established(dossier, manager)
    refused = publish(client, url, read="")
    assert refused.status_code == 422
    assert "cochez «\xa0J’ai relu le fichier de cette édition\xa0»" in refused.content.decode()
    assert Booklet.objects.get().state == EditionState.ESTABLISHED


def test_an_edition_is_established_then_published_each_once(sign_in, manager, client, dossier, url):
    """Two acts of the journal, each form sent twice; nothing is public between them."""
    signed = sign_in(manager)
    address, page, own = f"/livrets/{dossier.slug}/1.pdf", f"/livrets/{dossier.slug}/1/", f"{url}1/pdf/"
    assert [establish(signed, url, key="once").status_code for _ in range(2)] == [302, 302]
    edition = Booklet.objects.select_related("content").get()
    assert (edition.number, edition.state, edition.established_by) == (1, EditionState.ESTABLISHED, manager)
    content = assemble(dossier)
    assert (edition.content.text, edition.content.sha256) == (content.text, content.digest)
    before = body(signed.get(own))
    assert hashlib.sha256(before).hexdigest() == edition.sha256
    assert pages_of(before) == (edition.pages, "Livret\u00a0: Contrat-plan 2027-2031, édition 1")
    assert [client.get(one).status_code for one in (address, page)] == [404, 404]
    refused = establish(signed, url)
    assert refused.status_code == 409
    assert "n’a pas changé depuis l’édition 1" in refused.content.decode()
    assert [publish(signed, url, key="once").status_code for _ in range(2)] == [302, 302]
    assert publish(signed, url, key="other").status_code == 409
    acts = JournalEntry.objects.filter(action__startswith="booklet.").order_by("number")
    assert [(act.action, act.details["edition"], act.details["sha256"]) for act in acts] == [
        (action, 1, edition.sha256) for action in (Action.BOOKLET_FREEZE, Action.BOOKLET_PUBLISH)]
    client.logout()
    assert body(client.get(address)) == before
    assert client.get(page).status_code == 200


def test_what_was_withdrawn_may_be_established_again(sign_in, manager, dossier, url):
    signed = sign_in(manager)
    establish(signed, url)
    publish(signed, url)
    withdraw(signed, url, reason="Erreur")
    assert establish(signed, url).status_code == 302
    assert list(Booklet.objects.order_by("number").values_list("number", "state")) == [
        (1, EditionState.WITHDRAWN), (2, EditionState.ESTABLISHED)]


def test_an_edition_is_asked_for_again_after_an_hour(client, dossier, edition):
    address = f"/livrets/{dossier.slug}/1.pdf"
    answer = client.get(address, headers={"accept-encoding": "gzip"})
    assert answer["Cache-Control"] == "public, max-age=3600"
    assert answer["ETag"] == f'"{edition.sha256}"'
    assert int(answer["Content-Length"]) == edition.size
    assert client.get(address, headers={"if-none-match": answer["ETag"]}).status_code == 304
    assert client.post(address).status_code == 405
    assert client.get(f"/livrets/{dossier.slug}/2.pdf").status_code == 404


def test_a_withdrawn_edition_says_when_and_why_and_is_given_to_nobody(client, sign_in, director, dossier, url, edition):
    assert withdraw(sign_in(director), url, reason="Montant faux : <b>relire</b>", key="once").status_code == 302
    assert withdraw(client, url, reason="Montant faux", key="once").status_code == 302
    entry = JournalEntry.objects.get(action=Action.BOOKLET_WITHDRAW)
    assert (entry.reason, entry.details["edition"]) == ("Montant faux : <b>relire</b>", 1)
    own = client.get(url).content.decode()
    client.logout()
    listed = client.get("/livrets/").content.decode()
    gone = client.get(f"/livrets/{dossier.slug}/1.pdf", headers={"if-none-match": f'"{edition.sha256}"'})
    assert gone.status_code == 410
    assert "n’est plus valable" in gone.content.decode()
    day = date_of(Booklet.objects.get().withdrawn_at)
    for page in (own, listed, gone.content.decode()):
        assert day in page
        assert "Montant faux\u00a0: &lt;b&gt;relire&lt;/b&gt;" in page
    for page in (own, listed):
        assert f"retirée le {day}" in page
        assert "1.pdf" not in page
    assert "Aucune édition de ce livret n’est en vigueur" in gone.content.decode()
    factories.published(dossier, director)
    after = client.get(f"/livrets/{dossier.slug}/1/").content.decode()
    assert f'<a href="/livrets/{dossier.slug}/2/">l’édition 2</a>' in after


def test_a_withdrawal_has_a_reason_and_happens_once(sign_in, manager, url, edition):
    client = sign_in(manager)
    refused = withdraw(client, url, reason="  ")
    assert refused.status_code == 422
    assert "Dites pourquoi l’édition est retirée" in refused.content.decode()
    assert withdraw(client, url, 9, reason="Erreur").status_code == 404
    assert withdraw(client, url, reason="Erreur", key="a").status_code == 302
    again = withdraw(client, url, reason="Autre", key="b")
    assert again.status_code == 409
    assert "est déjà retirée" in again.content.decode()
    assert Booklet.objects.get().withdrawal_reason == "Erreur"


@pytest.mark.parametrize(("withdrawn_at", "reason"), [(None, "Erreur"), ("2027-01-01T00:00Z", "")])
def test_the_database_keeps_date_and_reason_together(edition, withdrawn_at, reason):
    with pytest.raises(IntegrityError), transaction.atomic():
        Booklet.objects.update(withdrawn_at=withdrawn_at, withdrawal_reason=reason)


def test_the_act_itself_wants_a_reason(edition, manager):
    with pytest.raises(NotAllowed, match="Dites pourquoi"):
        booklets.withdraw(edition, " ", by=manager)


def test_withdrawing_changes_nothing_of_what_the_livret_says(dossier, edition, manager):
    before = assemble(dossier).digest
    booklets.withdraw(edition, "Erreur", by=manager)
    assert assemble(dossier).digest == before


def test_the_public_page_lists_editions_newest_first_with_their_nature(client, manager, dossier):
    assert "Aucun livret n’est publié" in client.get("/livrets/").content.decode()
    dossier.nature = Nature.FICTIONAL
    dossier.save()
    for _ in range(2):
        factories.published(dossier, manager)
    html = client.get("/livrets/").content.decode()
    assert html.index("édition 2") < html.index("édition 1")
    assert "exercice fictif" in html
    assert f'<code class="fingerprint__value">{Booklet.objects.first().sha256}</code>' in html


def test_the_pages_of_editions_cost_the_same_for_one_and_for_three(client, sign_in, manager, dossier, url):
    public, own = [], []
    for _ in range(3):
        booklets.withdraw(factories.published(dossier, manager), "Erreur", by=manager)
        factories.published(dossier, manager)
        sign_in(manager)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        own.append(len(queries))
        client.logout()
        with CaptureQueriesContext(connection) as queries:
            client.get("/livrets/")
        public.append(len(queries))
    assert (own, public) == ([10] * 3, [3] * 3)


def test_a_livret_that_cannot_be_made_says_why_and_keeps_the_page(sign_in, manager, url, monkeypatch):
    """The engine itself is stopped: no livret is made in two tenths of a second."""
    monkeypatch.setitem(to_pdf.__kwdefaults__, "seconds", 0.2)
    answer = sign_in(manager).get(f"{url}pdf/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "n’a pas pu être mis en page en 0.2 secondes" in answer.content.decode()


def test_a_third_livret_waits_and_says_so(sign_in, editor, url, settings, monkeypatch):
    monkeypatch.setitem(render.pdf.__kwdefaults__, "wait", 0)
    monkeypatch.setitem(render.draft.__kwdefaults__, "wait", 0)
    folder = settings.VAR / "renders"
    with slot(folder, count=2, wait=0), slot(folder, count=2, wait=0):
        answer = sign_in(editor).get(f"{url}pdf/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "en préparation sur cette machine" in answer.content.decode()


def test_partners_of_the_dossier_read_the_draft(sign_in, dossier, manager, url):
    partner = factories.organisation("PTF", OrganisationKind.PARTNER)
    dossier.openings.create(organisation=partner)
    assert sign_in(factories.member(partner, Role.PARTNER)).get(f"{url}pdf/").status_code == 200


def test_the_command_writes_the_draft(dossier, tmp_path, capsys):
    target = tmp_path / "kayes.pdf"
    call_command("booklet", dossier.slug, output=str(target))
    assert target.read_bytes().startswith(b"%PDF-")
    assert "Livret écrit" in capsys.readouterr().out


def test_a_reserved_answer_is_in_neither_the_draft_nor_the_command_s_file(sign_in, dossier, manager, url, tmp_path):
    step = dossier.steps.select_related("step", "negotiation").get()
    open_, reserved, *_ = step.step.questions.all()
    reserved.confidential = True
    reserved.save()
    steps.save_answers(step, {open_: "Argumentaire", reserved: "Plancher"},
                       dict.fromkeys((open_.pk, reserved.pk), fingerprint_of("")), by=manager)
    draft, written = tmp_path / "projet.pdf", tmp_path / "commande.pdf"
    draft.write_bytes(b"".join(sign_in(manager).get(f"{url}pdf/").streaming_content))
    call_command("booklet", dossier.slug, output=str(written))
    texts = [text_of(path, "-raw") for path in (draft, written)]
    assert [("Argumentaire" in text, "Plancher" in text) for text in texts] == [(True, False)] * 2


@pytest.mark.parametrize(("slug", "output", "said"), [
    ("inconnu", "x.pdf", "Aucune négociation n’a l’identifiant « inconnu »"),
    (None, "absent/x.pdf", "n’existe pas")])
def test_the_command_explains_its_refusals(dossier, tmp_path, slug, output, said):
    with pytest.raises(CommandError, match=said):
        call_command("booklet", slug or dossier.slug, output=str(tmp_path / output))


def test_an_edition_is_given_to_a_partner_in_its_name_until_it_is_published(sign_in, dossier, manager, people):
    edition = factories.established(dossier, manager)
    client, slug = sign_in(people["partner"]), dossier.slug
    addresses = [reverse(name, args=[slug, edition.number]) for name in ("edition_pdf", "edition_docx", "signatures")]
    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]
    assert addresses[0] not in client.get(reverse("booklet", args=[slug])).content.decode()
    booklets.publish(edition, by=manager)
    assert client.get(addresses[0]).status_code == 200


def test_an_edition_older_than_one_in_force_is_not_offered_to_be_published(sign_in, dossier, manager, url):
    factories.established(dossier, manager)
    newer = factories.established(dossier, manager, "deux")
    client = sign_in(manager)
    assert "Publier l’édition 1" in client.get(url).content.decode()
    booklets.publish(newer, by=manager)
    assert "Publier l’édition" not in client.get(url).content.decode()
    late = client.get(f"{url}1/publier/").content.decode()
    assert ("L’édition 2, plus récente, a déjà été publiée" in late, "Confirmer" in late) == (True, False)
