"""Every address × every role × a stranger's dossier. An address without a rule here fails the first test."""
import re

from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from negotiation.choices import State
from negotiation.models import Actor, Event, Handover, Mandate, Membership, Position
from negotiation.workflow.journal import fingerprint_of
from negotiation.workflow.steps import save_answers

from . import factories

READERS = {"editor", "manager", "examiner", "director", "adviser", "partner", "administrator"}
TEAM = {"editor", "manager"}
REVIEWERS = {"examiner", "director", "adviser", "administrator"}
EVERYONE = {*READERS, "stranger", "anonymous"}
# Who gets in. For an address of a dossier: 404 for a stranger, 403 for a reader without the right.
OPEN = {
    **dict.fromkeys(["home", "grid", "grid_actors", "known_difficulties", "step_sheet", "glossary", "sources",
                     "regions", "booklets", "published_edition", "published_pdf", "published_docx", "verify",
                     "verification", "health", "account_login", "account_inactive",
                     "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
                     "account_reset_password_from_key_done", "invitation", "share"], EVERYONE),
    **dict.fromkeys(["team", "deputies", "notifications", "notification_settings"], EVERYONE - {"anonymous"}),
    "people_journal": {"manager", "director", "stranger", "administrator"},
    **dict.fromkeys(["membership_end", "handover_propose"], {"editor", "manager", "administrator"}),
    **dict.fromkeys(["handover", "handover_pdf"], TEAM),
    **dict.fromkeys(["tasks", "negotiations", "account_change_password", "account_logout",
                     "account_reauthenticate"], EVERYONE - {"anonymous"}),
    "negotiation_open": {"manager", "stranger"},
    "negotiation_sheet": {"manager"},
    **dict.fromkeys(["negotiation", "step", "document", "actors", "commitments", "positions", "difficulties",
                     "chronology", "calendar", "openings", "booklet", "booklet_pdf", "plan_file", "worksheet",
                     "document_image", "edition_pdf", "edition_compare", "edition_compare_pdf", "signatures",
                     "signature_scan", "booklet_docx", "edition_docx"], READERS),
    **dict.fromkeys(["journal", "journal_act", "journal_csv", "comparison"], READERS - {"partner"}),
    "review": REVIEWERS,
    "examinations": REVIEWERS,
    **dict.fromkeys(["booklet_freeze", "booklet_publish", "booklet_making", "shares"], {"manager", "director"}),
    **dict.fromkeys(["position_add", "position_withdraw"], READERS - {"partner", "administrator"}),
    "position_agree": {"manager"},
    "mandate": TEAM,
    **dict.fromkeys(["actor_roles", "plan", "announced_total", "record_add", "record", "record_remove",
                     "calendar_propose", "calendar_change", "scenarios", "scenario_add", "scenario_compare", "scenario",
                     "scenario_sheet", "scenario_remove", "scenario_adopt", "plan_import", "plan_model", "worksheets",
                     "typing"], TEAM),
}
POSTED = {
    **dict.fromkeys(["document_deposit", "document_waive", "difficulty_take_over", "scenario_undo", "scenario_catch_up",
                     "scenario_forget"],
                    TEAM),
    "opening_close": {"manager", "director"},
    **dict.fromkeys(["booklet_withdraw", "booklet_retry", "booklet_abandon", "share_revoke", "signature_withdraw"],
                    {"manager", "director"}),
    "received_copy": {"partner"},
    "step_move": {"manager"},
    **dict.fromkeys(["review_take", "remark", "remark_act"], REVIEWERS - {"administrator"}),
    **dict.fromkeys(["invitation_resend", "invitation_revoke"], {"manager", "administrator"}),
    "deputy_end": TEAM,
    "handover_move": TEAM,
    "notifications_read": EVERYONE - {"anonymous"},
    "notification_read": {"editor"},
}
# What concerns people: what is not one's business does not exist.
HIDDEN = {"membership_end", "handover_propose", "handover", "handover_pdf", "invitation_resend", "invitation_revoke",
          "deputy_end", "handover_move", "notification_read", "received_copy"}
WITHOUT_DOSSIER = {"negotiation_open", "examinations"}


def names():
    return {pattern.name for pattern in get_resolver("negotiation.urls").url_patterns
            if isinstance(pattern, URLPattern)}


def expected_status(name, who, allowed):
    """What a person gets: in, the sign-in page, « it does not exist », or « your role does not allow it »."""
    if who in allowed:
        return "in"
    if who == "anonymous":
        return "sign-in"
    return 404 if name in HIDDEN or who == "stranger" and name not in WITHOUT_DOSSIER else 403


def met(response):
    if response.status_code == 302 and response.url.startswith("/connexion/"):
        return "sign-in"
    if response.status_code in (403, 404):
        return "sign-in" if b"Votre session a expir" in response.content else response.status_code
    return "in" if response.status_code < 500 else response.status_code


def browser(user):
    client = Client()
    if user:
        client.force_login(user)
    return client


def test_every_address_has_a_rule():
    assert names() == {*OPEN, *POSTED}


def test_reading_every_address_as_every_role(people, places):
    found, wanted = {}, {}
    for who, user in people.items():
        client = browser(user)
        for name, allowed in OPEN.items():
            if name == "account_logout":
                continue
            found[name, who] = met(client.get(reverse(name, kwargs=places.get(name))))
            wanted[name, who] = expected_status(name, who, allowed)
    assert {k: v for k, v in found.items() if v != wanted[k]} == {}


def test_a_reserved_answer_is_on_no_page_but_those_of_the_team(people, places, dossier, manager):
    progress = dossier.steps.select_related("step", "negotiation").get(step__code="D1")
    floor = progress.step.questions.get(code="D1.Q2")
    save_answers(progress, {floor: "Plancher secret"}, {floor.pk: fingerprint_of("")}, by=manager)
    places = places | {"step": places["step"] | {"code": "D1"}, "step_sheet": {"code": "D1"}}
    found = set()
    for who, user in people.items():
        client = browser(user)
        for name in set(OPEN) - {"account_logout", "booklet_pdf", "document", "published_pdf", "edition_pdf",
                                 "edition_compare_pdf", "journal_csv", "plan_file", "plan_model", "handover_pdf",
                                 "worksheet", "document_image", "signature_scan", "booklet_docx", "published_docx",
                                 "edition_docx"}:
            if "Plancher secret" in client.get(reverse(name, kwargs=places.get(name))).content.decode():
                found.add((who, name))
    assert found == {("editor", "step"), ("manager", "step")}


def test_posting_to_every_address_as_every_role(people, places):
    """Those who may not are refused before anything is read; nothing they post changes the dossier."""
    found, wanted = {}, {}
    for name, allowed in {**POSTED, **{n: OPEN[n] for n in ("step", "negotiation_sheet", "record_add",
                                                            "record", "record_remove", "plan", "plan_import",
                                                            "actor_roles", "announced_total", "openings",
                                                            "calendar_propose", "calendar_change",
                                                            "booklet_freeze", "booklet_publish", "shares",
                                                            "signatures", "membership_end",
                                                            "position_add", "position_withdraw", "position_agree",
                                                            "mandate", "handover_propose", "scenario_add", "scenario",
                                                            "scenario_sheet", "scenario_remove",
                                                            "scenario_adopt", "worksheets")}}.items():
        allowed = {"step": TEAM, "openings": {"manager", "director"},
                   "signatures": {"manager", "director"}}.get(name, allowed)
        for who in ["anonymous", "stranger", *sorted(READERS - allowed)]:
            response = browser(people[who]).post(reverse(name, kwargs=places[name]), {"x": "1"})
            found[name, who] = met(response)
            wanted[name, who] = expected_status(name, who, allowed)
    assert {k: v for k, v in found.items() if v != wanted[k]} == {}
    assert Event.objects.count() == 1
    assert list(Position.objects.values_list("state", flat=True)) == ["tabled"]
    assert not Mandate.objects.exists()
    assert Membership.objects.filter(ended_at__isnull=False).count() == 0
    assert Handover.objects.get().state == "proposed"


def test_an_address_that_receives_forms_leads_back_to_their_page(people, places, dossier):
    """Enter in the address bar, a bookmark: the page of the form, and nothing written."""
    client = browser(people["manager"])
    pages = {name: client.get(reverse(name, kwargs=places[name])) for name in POSTED}
    base = f"/negociations/{dossier.slug}/"
    assert {name: getattr(page, "url", page.status_code) for name, page in pages.items()} == {
        "document_deposit": f"{base}etapes/A1/", "document_waive": f"{base}etapes/A1/",
        "step_move": f"{base}etapes/A1/", "review_take": f"{base}etapes/A2/examen/",
        "remark": f"{base}etapes/A2/examen/", "remark_act": f"{base}etapes/A2/",
        "difficulty_take_over": f"{base}difficultes/",
        **dict.fromkeys(["scenario_undo", "scenario_catch_up", "scenario_forget"],
                        f"{base}engagements/scenarios/{places['scenario']['pk']}/"),
        "opening_close": f"{base}acces/", "invitation_resend": "/equipe/", "invitation_revoke": "/equipe/",
        "deputy_end": "/suppleances/", "notifications_read": "/notifications/",
        "notification_read": "/notifications/", "received_copy": "/taches/",
        "share_revoke": f"{base}livret/2/partages/", "signature_withdraw": f"{base}livret/1/signatures/",
        "handover_move": f"/passations/{places['handover']['pk']}/",
        **{name: f"{base}livret/" for name in POSTED if name.startswith("booklet")}}


def test_a_record_of_another_dossier_does_not_exist(people, places, dossier, stranger, manager):
    other = factories.negotiation(stranger.current_memberships[0].organisation, stranger)
    theirs = Actor.objects.filter(negotiation=other).first()
    client = browser(manager)
    for name in ("record", "record_remove"):
        url = reverse(name, kwargs={"slug": dossier.slug, "kind": "acteurs", "pk": theirs.pk})
        assert client.post(url, {}).status_code == 404
    assert Actor.objects.filter(pk=theirs.pk).exists()


def test_an_unknown_dossier_and_a_foreign_one_answer_alike(people, places):
    """Neither the status nor the page tells whether the other Region has a dossier."""
    client = browser(people["stranger"])
    foreign, unknown = (client.get(f"/negociations/{slug}/") for slug in (places["step"]["slug"], "kayes-1999-2000"))
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    token = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')
    assert token.sub(b"", foreign.content) == token.sub(b"", unknown.content)


def test_every_page_of_a_dossier_says_who_has_the_pen(people, places, dossier, manager):
    # Two submissions to compare.
    for _ in range(2):
        factories.put(dossier, "A1", State.RETURNED, by=manager)
    clients = {"review": browser(people["examiner"])}
    pages = {name: clients.setdefault(name, browser(manager)).get(reverse(name, kwargs=places[name]))
             for name in OPEN if "slug" in (places.get(name) or ())}
    found = {name: "Qui a la main" in page.content.decode() for name, page in pages.items()
             if "negotiations/dossier.html" in {one.name for one in page.templates}}
    assert {"comparison", "position_withdraw", "review", "scenario_adopt", "step",
            "typing"} <= {*found}
    assert [name for name, says in found.items() if not says] == []
