"""One person of each role, and one existing object for each address of the site."""
import pytest
from django.utils import timezone

from negotiation.choices import OrganisationKind, Role, State
from negotiation.models import Deputy, Event, Handover, Invitation, Scenario
from negotiation.workflow import deputies, documents, handovers, invitations, records, remarks, scenarios
from negotiation.workflow.negotiations import share

from . import factories


@pytest.fixture
def people(dossier, manager, editor, examiner, director, stranger):
    service = factories.organisation("DNPD", OrganisationKind.SERVICE)
    partner = factories.organisation("PTF", OrganisationKind.PARTNER)
    platform = factories.organisation("Application", OrganisationKind.PLATFORM)
    for organisation in (service, partner):
        share(dossier, organisation, by=manager)
    return {"manager": manager, "editor": editor, "examiner": examiner, "director": director, "stranger": stranger,
            "adviser": factories.member(service, Role.ADVISER), "partner": factories.member(partner, Role.PARTNER),
            "administrator": factories.member(platform, Role.ADMINISTRATOR), "anonymous": None}


@pytest.fixture
def places(dossier, manager, editor, kayes, people):
    """The arguments of each address, all of them existing objects of the dossier."""
    progress = dossier.steps.get(step__code="A1")
    version = documents.deposit(progress, factories.stored_pdf(), by=manager, expected=progress.step.documents.first())
    photo = documents.deposit(progress, factories.stored_photo(), by=manager, title="Fiche de travail remplie")
    event = records.save(Event(negotiation=dossier, date="2026-03-01", kind="meeting", title="Réunion"), dossier,
                         by=manager)
    edition = factories.published(dossier, manager)
    remark = remarks.write(factories.put(dossier, "A2", State.SUBMITTED, by=manager), "step", problem="Flou.",
                           request="Précisez.", by=people["examiner"])
    link, secret = factories.shared(factories.established(dossier, manager), manager,
                                    organisation=people["partner"].memberships.get().organisation)
    signature = factories.signed(edition, manager)
    slug = {"slug": dossier.slug}
    theirs, today = editor.memberships.get(), timezone.localdate()
    invitation, token = invitations.invite(Invitation(email="awa@kayes.example", name="Awa"), [(kayes, "editor")],
                                           by=manager)
    deputy = deputies.name(Deputy(membership=theirs, deputy=manager, starts_on=today, ends_on=today), by=editor)
    handover = handovers.propose(Handover(membership=theirs, successor=manager), by=editor)
    scenario = slug | {"pk": scenarios.add(Scenario(negotiation=dossier, name="Scénario secret"), by=manager).pk}
    record = slug | {"kind": "evenements", "pk": event.pk}
    position = factories.position(dossier, by=manager)
    project = slug | {"project": position.project_id}
    return {
        **dict.fromkeys(["negotiation", "negotiation_sheet", "actors", "actor_roles", "commitments", "plan",
                         "plan_import", "plan_model", "announced_total", "calendar", "calendar_propose",
                         "calendar_change",
                         "difficulties", "difficulty_take_over", "chronology", "journal", "journal_csv", "openings",
                         "booklet", "booklet_pdf", "booklet_docx", "booklet_freeze", "edition_compare", "worksheets",
                         "scenarios", "scenario_add",
                         "scenario_compare"], slug),
        **dict.fromkeys(["scenario", "scenario_sheet", "scenario_remove", "scenario_adopt", "scenario_undo",
                         "scenario_catch_up", "scenario_forget"], scenario),
        "positions": slug, **dict.fromkeys(["position_add", "mandate"], project),
        **dict.fromkeys(["position_withdraw", "position_agree"], project | {"number": position.number}),
        **dict.fromkeys(["step", "document_deposit", "document_waive", "comparison",
                         "worksheet"], slug | {"code": "A1"}),
        **dict.fromkeys(["review", "review_take", "remark"], slug | {"code": "A2"}),
        "remark_act": slug | {"code": "A2", "pk": remark.pk, "act": "lever"},
        "plan_file": slug | {"kind": "csv"},
        "journal_act": slug | {"number": 1},
        "step_move": slug | {"code": "A1", "action": "submit"}, "step_sheet": {"code": "A1"},
        "document_image": slug | {"pk": photo.pk}, "typing": slug | {"code": "A1", "pk": photo.pk},
        "document": slug | {"pk": version.pk}, "opening_close": slug | {"pk": dossier.openings.first().pk},
        "record_add": slug | {"kind": "evenements"}, "record": record, "record_remove": record,
        **dict.fromkeys(["published_edition", "published_pdf", "edition_pdf", "booklet_publish", "booklet_withdraw",
                         "booklet_making", "booklet_retry", "booklet_abandon",
                         "published_docx", "edition_docx"], slug | {"number": 1}),
        "shares": slug | {"number": 2}, "share_revoke": slug | {"number": 2, "pk": link.pk},
        "share": {"token": secret}, "received_copy": {"pk": link.pk}, "signatures": slug | {"number": 1},
        **dict.fromkeys(["signature_scan", "signature_withdraw"], slug | {"number": 1, "pk": signature.pk}),
        "edition_compare_pdf": slug | {"before": 1, "after": 1},
        "verification": {"code": edition.grouped_code},
        "invitation": {"token": token},
        **dict.fromkeys(["invitation_resend", "invitation_revoke"], {"pk": invitation.pk}),
        **dict.fromkeys(["membership_end", "handover_propose"], {"pk": theirs.pk}),
        "deputy_end": {"pk": deputy.pk}, **dict.fromkeys(["handover", "handover_pdf"], {"pk": handover.pk}),
        "handover_move": {"pk": handover.pk, "action": "withdraw"},
        "notifications_read": {}, "notification_read": {"pk": editor.notifications.latest("pk").pk},
        "account_reset_password_from_key": {"uidb36": "1", "key": "abc-def"},
    }
