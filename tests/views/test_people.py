"""« Équipe », « Suppléances » and passations: leaving, standing in and handing over, as people do it."""
import html
import io
import re
from datetime import timedelta

import pikepdf
import pytest
from django.urls import reverse
from django.utils import timezone

from negotiation.choices import HandoverState, OrganisationKind, Role, State
from negotiation.models import (
    Actor,
    Deputy,
    Event,
    Handover,
    Invitation,
    JournalEntry,
    Membership,
    Notification,
    Representative,
    Seat,
    Step,
    User,
)
from negotiation.queries.handover import content
from negotiation.workflow import deputies, handovers, invitations, moves, records, steps

from .. import factories


def text(response):
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()))


def words(response):
    """What the page says, without its tags."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def acts():
    return list(JournalEntry.objects.filter(negotiation=None).order_by("pk").values_list("action", flat=True))


def membership(user):
    return user.memberships.get()


def end(client, user):
    return client.post(reverse("membership_end", args=[membership(user).pk]))


@pytest.fixture
def administrator(db):
    return factories.member(factories.organisation("Application", OrganisationKind.PLATFORM), Role.ADMINISTRATOR)


# Leaving

def test_a_member_who_left_loses_access_at_the_next_request_and_keeps_their_name(client, dossier, manager, editor):
    steps.start(dossier.steps.get(step__code="A1"), by=editor)
    theirs, other = client.__class__(), client.__class__()
    theirs.force_login(editor)
    other.force_login(manager)
    page = f"/negociations/{dossier.slug}/"
    assert theirs.get(page).status_code == 200
    assert "perd aussitôt ce rôle" in text(other.get(reverse("membership_end", args=[membership(editor).pk])))
    assert end(other, editor).url == "/equipe/"
    assert [theirs.get(path).status_code for path in (page, f"{page}etapes/A1/", f"{page}journal/")] == [404] * 3
    assert theirs.post(f"{page}etapes/A1/", {"A1-Q1": "Un texte"}).status_code == 404
    assert editor.name in text(other.get(f"{page}journal/"))
    assert editor.name not in text(other.get("/equipe/"))
    assert acts() == ["membership.end"]
    left = Membership.objects.get(user=editor)
    assert (left.ends_on, left.ended_at is None) == (timezone.localdate(), False)


def test_one_may_leave_and_come_back_the_same_day(sign_in, manager, editor, kayes):
    client = sign_in(editor)
    assert [end(client, editor).url for _ in range(2)] == ["/equipe/"] * 2
    assert client.get(reverse("membership_end", args=[membership(editor).pk])).url == "/equipe/"
    assert acts() == ["membership.end"]
    made, token = invitations.invite(Invitation(email=editor.email, name="De retour"), [(kayes, Role.EDITOR)],
                                     by=manager)
    assert client.post(f"/invitation/{token}/").url == "/equipe/"
    end_again = client.post(reverse("membership_end", args=[editor.memberships.latest("pk").pk]))
    assert end_again.status_code == 302
    invitations.invite(Invitation(email=editor.email, name="De retour"), [(kayes, Role.EDITOR)], by=manager)


def test_the_last_manager_leaves_after_a_successor_only(sign_in, manager, editor, kayes):
    client = sign_in(manager)
    refused = end(client, manager)
    assert refused.status_code == 409
    assert "C’est le dernier responsable du Conseil" in text(refused)
    handover = handovers.propose(Handover(membership=membership(manager), successor=editor), by=manager)
    assert end(client, manager).status_code == 409
    handovers.move(handover, "accept", by=editor)
    assert end(client, manager).status_code == 302
    assert [(m.user, m.role) for m in Membership.objects.current().filter(organisation=kayes).order_by("role")] == [
        (editor, Role.EDITOR), (editor, Role.MANAGER)]


def test_an_administrator_may_end_any_membership_but_the_last_of_theirs(sign_in, administrator, manager):
    client, words = sign_in(administrator), "C’est le dernier responsable de cette équipe : après lui, plus personne"
    second = factories.member(manager.memberships.get().organisation, Role.MANAGER)
    page = reverse("membership_end", args=[membership(manager).pk])
    assert words not in text(client.get(page))
    assert end(client, second).status_code == 302
    # The last one: it is done, and said before.
    assert words in text(client.get(page))
    assert end(client, manager).status_code == 302
    assert "C’est le dernier administrateur" in text(end(client, administrator))


def test_a_closed_account_is_no_successor(sign_in, manager, kayes):
    """Nor does the second role of the same person make another manager."""
    factories.member(kayes, Role.MANAGER, is_active=False)
    assert end(sign_in(manager), manager).status_code == 409


# The page of the team

def test_the_team_is_read_by_its_members_and_led_by_its_managers(client, manager, editor, stranger, kayes):
    invitations.invite(Invitation(email="awa@kayes.example", name="Awa Diarra"), [(kayes, Role.EDITOR)], by=manager)
    seen = {}
    for who, user in {"manager": manager, "editor": editor, "stranger": stranger}.items():
        client.force_login(user)
        page = text(client.get("/equipe/"))
        seen[who] = [words in page for words in (
            f"<strong>{manager}</strong>", "Awa Diarra", "Non envoyée", "Inviter quelqu’un",
            reverse("membership_end", args=[membership(editor).pk]))]
    assert seen == {"manager": [True] * 5, "editor": [True, False, False, False, True],
                    "stranger": [False, False, False, True, False]}


def test_an_administrator_looks_at_the_team_they_choose(client, administrator, editor, kayes):
    client.force_login(administrator)
    assert editor.name not in text(client.get("/equipe/"))
    assert editor.name in text(client.get(f"/equipe/?organisation={kayes.pk}&organisation=x&organisation=99999999999"))
    client.force_login(factories.member(factories.organisation("DNPD", OrganisationKind.SERVICE), Role.ADVISER))
    page = text(client.get(f"/equipe/?organisation={kayes.pk}"))
    assert (editor.name in page, "Inviter quelqu’un" in page, "DNPD" in page) == (False, False, True)


def test_a_person_without_team_reads_why(sign_in, db):
    alone = User.objects.create_user("seul@exemple.example", factories.PASSWORD, name="Seul")
    client = sign_in(alone)
    assert "Vous n’appartenez à aucune organisation" in text(client.get("/equipe/"))
    assert "Suppléances</a>" not in text(client.get("/taches/"))
    assert client.get("/suppleances/").status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_of_people_cost_the_same_for_more_rows(sign_in, dossier, manager, editor, kayes, rows,
                                                         django_assert_num_queries):
    today = timezone.localdate()
    for n in range(rows):
        invitations.invite(Invitation(email=f"p{n}@kayes.example", name=f"Awa {n}"), [
            (kayes, Role.EDITOR), (kayes, Role.MANAGER)], by=manager)
        one = factories.member(kayes, Role.EDITOR)
        deputies.name(Deputy(membership=membership(manager), deputy=one, starts_on=today + timedelta(days=n),
                             ends_on=today + timedelta(days=n)), by=manager)
        handovers.propose(Handover(membership=membership(one), successor=manager), by=one)
        factories.fill_step(dossier.steps.get(step__code=f"A{n + 1}"), editor)
        if n:
            factories.negotiation(kayes, manager, first_year=2027 + 10 * n, last_year=2031 + 10 * n)
    client = sign_in(manager)
    handover = reverse("handover", args=[Handover.objects.first().pk])
    for path, cost in [("/equipe/", 8), ("/suppleances/", 9), (handover, 15)]:
        with django_assert_num_queries(cost):
            assert client.get(path).status_code == 200


# Suppléances

def test_a_person_names_their_deputy_and_ends_it(client, dossier, manager, editor, stranger):
    today = timezone.localdate()
    data = {"membership": membership(manager).pk, "deputy": editor.pk, "starts_on": f"{today}",
            "ends_on": f"{today + timedelta(days=3)}", "key": "une-clé"}
    client.force_login(manager)
    foreign = client.post("/suppleances/", data | {"deputy": stranger.pk})
    past = client.post("/suppleances/", data | {"starts_on": "2020-01-01"})
    assert (foreign.status_code, past.status_code) == (422, 422)
    assert "ne se donne pas pour des jours passés" in text(past)
    for _ in range(2):
        assert client.post("/suppleances/", data).url == "/suppleances/"
    assert f"{editor} vous supplée" in text(client.get("/suppleances/"))
    client.force_login(editor)
    assert "Y renoncer" in text(client.get("/suppleances/"))
    assert client.get(f"/negociations/{dossier.slug}/fiche/").status_code == 200
    assert client.post(reverse("deputy_end", args=[Deputy.objects.get().pk])).url == "/suppleances/"
    assert client.get(f"/negociations/{dossier.slug}/fiche/").status_code == 403
    assert acts() == ["deputy.name", "deputy.end"]


def test_nobody_names_a_deputy_for_somebody_else(sign_in, manager, editor):
    today = timezone.localdate()
    response = sign_in(editor).post("/suppleances/", {
        "membership": membership(manager).pk, "deputy": manager.pk, "starts_on": today, "ends_on": today})
    assert (response.status_code, Deputy.objects.count()) == (422, 0)


# Passations

@pytest.fixture
def proposed(dossier, manager, editor, examiner):
    """The manager hands over to the editor: A1 was returned, A2 is in progress."""
    progress = dossier.steps.get(step__code="A1")
    factories.fill_step(progress, editor)
    records.save(Event(negotiation=dossier, progress=progress, date="2026-03-01", kind="meeting", title="Réunion"),
                 dossier, by=editor)
    progress.refresh_from_db()
    progress = moves.move(progress, "submit", by=manager, version=progress.version)
    moves.move(progress, "return", by=examiner, version=progress.version, reason="Joindre la lettre de saisine.")
    steps.start(dossier.steps.get(step__code="A2"), by=editor)
    actor = Actor.objects.filter(negotiation=dossier).first()
    Representative.objects.create(actor=actor, function="Gouverneur de la Région")
    return handovers.propose(Handover(membership=membership(manager), successor=editor,
                                      note="Le total est promis pour mai."), by=manager)


def test_a_handover_says_where_the_dossier_stands(sign_in, proposed, editor, manager, examiner, dossier):
    found = content(proposed)
    [one] = found.dossiers
    assert one.next.sentence == "Corriger l’étape A1."
    assert one.states == [(State.TODO, 26), (State.DRAFT, 1), (State.RETURNED, 1)]
    waiting = [(progress.step.code, lacks) for progress, lacks in one.waiting]
    questions = dossier.steps.get(step__code="A2").step.questions.count()
    assert [code for code, _ in waiting] == ["A1", "A2"]
    assert waiting[1][1].startswith(f"reste : {questions} questions sans réponse ; ")
    assert [(e.action, e.by_name, e.reason) for e in one.decisions] == [
        ("step.return", str(examiner), "Joindre la lettre de saisine."), ("step.submit", str(manager), "")]
    page = words(sign_in(editor).get(reverse("handover", args=[proposed.pk])))
    for said in ("Le total est promis pour mai.", "Motif : Joindre la lettre de saisine.", "Gouverneur de la Région",
                 "Examinateur", "Accepter la passation"):
        assert said in page
    assert f"{examiner} — DGCT, {examiner.email}" in page
    assert "Les décisions plus anciennes" not in page
    step = dossier.steps.get(step__code="A1")
    moves.move(step, "cancel_return", by=examiner, version=step.version)
    assert [e.action for e in content(proposed).dossiers[0].decisions] == ["step.submit"]
    assert "Joindre la lettre" not in words(sign_in(editor).get(reverse("handover", args=[proposed.pk])))


def test_a_handover_says_which_checks_the_steps_lack(dossier, proposed):
    Step.objects.filter(code="A2").update(checks=["actors", "projects", "plan", "obligations", "lessons"])
    [one] = content(proposed).dossiers
    [lacks] = [lacks for progress, lacks in one.waiting if progress.step.code == "A2"]
    assert lacks.partition("décrivez")[1:] == (
        "décrivez", " au moins un projet structurant ; remplissez le plan de financement : il ne contient aucun "
        "montant ; inscrivez au moins une obligation autre que financière ; tirez au moins un enseignement ou une "
        "perspective des difficultés")


def test_a_handover_names_who_follows_and_the_services_that_sit(proposed, dossier, manager, examiner, director):
    service = factories.organisation("DNPD", OrganisationKind.SERVICE)
    adviser, quiet = (factories.member(service, Role.ADVISER) for _ in range(2))
    submission = dossier.steps.get(step__code="A1").submissions.get()
    passage = submission.passages.first()
    seat = {"passage": passage, "asked_at": submission.submitted_at, "due_on": "2026-01-01"}
    Seat.objects.create(**seat, organisation=service, order=7, voice="favourable", given_by=adviser,
                        given_at=submission.submitted_at)
    found = content(proposed)
    assert sorted(m.user.email for m in found.followers) == sorted([examiner.email, adviser.email])
    assert found.services == [service]
    partner = factories.organisation("PTF", OrganisationKind.PARTNER)
    dossier.openings.create(organisation=partner)
    one, two = (factories.member(partner, Role.PARTNER) for _ in range(2))
    theirs = content(handovers.propose(Handover(membership=membership(one), successor=two), by=one))
    assert (theirs.followers, theirs.services) == ([], [])


def test_a_handover_proposed_by_somebody_else_says_who_proposes_it(client, dossier, manager, editor, kayes):
    leaver = factories.member(kayes, Role.EDITOR)
    handover = handovers.propose(Handover(membership=membership(leaver), successor=editor, note="Dossier à Bamako."),
                                 by=manager)
    told = Notification.objects.get(user=editor)
    assert told.title == f"Passation proposée par {manager}"
    assert told.text.startswith(f"{manager} vous propose de succéder à {leaver}")
    assert f"Ce qu’il faut savoir, selon {manager}" in told.text
    client.force_login(editor)
    page = words(client.get(reverse("handover", args=[handover.pk])))
    assert f"Proposée par {manager}" in page
    assert f"Dossier à Bamako. Note de {manager}" in page


def test_after_acceptance_the_role_is_said_to_be_held_by_both_until_it_is_ended(client, proposed, manager, editor,
                                                                                kayes):
    handovers.move(proposed, "accept", by=editor)
    told = Notification.objects.get(user=manager, cause=f"handover-end:{proposed.pk}")
    assert f"{manager} le tient aussi, jusqu’à ce qu’on mette fin à son appartenance." in told.text
    url, end = reverse("handover", args=[proposed.pk]), reverse("membership_end", args=[proposed.membership_id])
    link = f'<a href="{end}">Mettre fin à l’appartenance de {manager}</a>'
    client.force_login(manager)
    assert link in text(client.get(url))
    client.force_login(editor)
    page = client.get(url)
    assert f"{manager} tient encore ce rôle, jusqu’à ce qu’on y mette fin." in words(page)
    Membership.objects.filter(pk=proposed.membership_id).update(ended_at=timezone.now())
    assert "tient encore ce rôle" not in words(client.get(url))


@pytest.mark.parametrize("path", ["/equipe/", "/suppleances/"])
def test_a_refused_form_is_said_once_at_the_top_of_its_page(sign_in, manager, editor, path):
    page = text(sign_in(manager).post(path, {"email": "x"}))
    assert page.count("data-error-summary") == 1
    assert page.index("data-error-summary") < page.index("<h2", page.index("</h2>"))


def test_its_pdf_says_the_same(sign_in, proposed, editor):
    response = sign_in(editor).get(reverse("handover_pdf", args=[proposed.pk]))
    made = b"".join(response.streaming_content)
    assert response["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(made)) as document:
        assert str(document.docinfo["/Title"]) == f"Passation de {proposed.membership.user}"
        assert len(document.pages) >= 1


def test_only_both_people_and_those_who_lead_read_it(client, proposed, manager, editor, kayes, examiner, director,
                                                     stranger, administrator):
    people = {"from": manager, "to": editor, "lead": factories.member(kayes, Role.MANAGER),
              "colleague": factories.member(kayes, Role.EDITOR), "examiner": examiner, "director": director,
              "stranger": stranger, "administrator": administrator}
    found = {}
    for who, user in people.items():
        client.force_login(user)
        found[who] = {client.get(reverse(name, args=[proposed.pk])).status_code
                      for name in ("handover", "handover_pdf")}
    assert {who for who, statuses in found.items() if statuses == {200}} == {"from", "to", "lead"}
    assert {who for who, statuses in found.items() if statuses == {404}} == set(people) - {"from", "to", "lead"}
    Membership.objects.filter(user=manager).update(ended_at=timezone.now())
    client.force_login(manager)
    assert client.get(reverse("handover", args=[proposed.pk])).status_code == 404


def test_the_successor_accepts_once_and_receives_the_role(client, proposed, manager, editor):
    url = reverse("handover_move", args=[proposed.pk, "accept"])
    client.force_login(manager)
    assert client.post(url).status_code == 404
    client.force_login(editor)
    for _ in range(2):
        assert client.post(url).url == reverse("handover", args=[proposed.pk])
    proposed.refresh_from_db()
    assert proposed.state == HandoverState.ACCEPTED
    assert sorted(m.role for m in editor.memberships.all()) == [Role.EDITOR, Role.MANAGER]
    late = client.post(reverse("handover_move", args=[proposed.pk, "withdraw"]))
    assert (late.status_code, "est déjà acceptée" in text(late)) == (409, True)
    assert acts() == ["handover.propose", "handover.accept"]
    assert client.post(reverse("handover_move", args=[proposed.pk, "oublier"])).status_code == 404


def test_a_withdrawn_handover_gives_nothing(client, proposed, manager, editor):
    client.force_login(manager)
    client.post(reverse("handover_move", args=[proposed.pk, "withdraw"]))
    client.force_login(editor)
    late = client.post(reverse("handover_move", args=[proposed.pk, "accept"]))
    assert (late.status_code, "est déjà retirée" in text(late)) == (409, True)
    assert [m.role for m in editor.memberships.all()] == [Role.EDITOR]


def test_a_handover_is_proposed_once_to_a_colleague(sign_in, proposed, manager, editor, stranger, kayes):
    client = sign_in(manager)
    url = reverse("handover_propose", args=[membership(manager).pk])
    assert stranger.name not in text(client.get(url))
    assert client.post(url, {"successor": stranger.pk, "note": "Un mot"}).status_code == 422
    second = client.post(url, {"successor": editor.pk, "note": "Un mot à garder"})
    assert (second.status_code, "attend déjà une réponse" in text(second)) == (422, True)
    assert "Un mot à garder" in text(second)
    other = factories.member(kayes, Role.EDITOR)
    theirs = reverse("handover_propose", args=[membership(other).pk])
    for _ in range(2):
        assert client.post(theirs, {"successor": editor.pk, "key": "clé"}).status_code == 302
    assert Handover.objects.count() == 2


def test_an_administrator_proposes_for_others_without_reading(sign_in, administrator, manager, editor, dossier):
    client = sign_in(administrator)
    answer = client.post(reverse("handover_propose", args=[membership(manager).pk]), {"successor": editor.pk})
    assert answer.url == "/equipe/"
    assert client.get(reverse("handover", args=[Handover.objects.get().pk])).status_code == 404


@pytest.mark.parametrize("kind", [OrganisationKind.DGCT, OrganisationKind.SERVICE, OrganisationKind.PARTNER,
                                  OrganisationKind.PLATFORM])
def test_each_kind_of_team_hands_over_what_it_sees(proposed, dossier, kind):
    organisation = factories.organisation(f"Une {kind}", kind)
    role = {"dgct": Role.EXAMINER, "service": Role.ADVISER, "partner": Role.PARTNER}.get(kind, Role.ADMINISTRATOR)
    one, two = (factories.member(organisation, role) for _ in range(2))
    handover = handovers.propose(Handover(membership=membership(one), successor=two), by=one)
    assert [d.negotiation for d in content(handover).dossiers] == ([dossier] if kind == "dgct" else [])
    if kind in ("service", "partner"):
        dossier.openings.create(organisation=organisation)
        [seen] = content(handover).dossiers
        assert (len(seen.decisions), seen.contacts) == (0 if kind == "partner" else 2, [])
