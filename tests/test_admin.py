"""The administration: every list and page opens, nothing is deleted, roles fit, dossiers are not there."""
import re

import pytest
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from negotiation.choices import ROLES_OF, OrganisationKind, Role
from negotiation.forms.reference import SHAPES
from negotiation.models import (
    Deputy,
    Emblem,
    JournalEntry,
    Membership,
    Notification,
    Organisation,
    Phase,
    Question,
    Region,
    Step,
    Term,
    User,
)
from negotiation.workflow import deputies
from negotiation.workflow.reference import load

from . import factories
from .administration import address, errors, fields

pytestmark = pytest.mark.django_db
SHOWN = {"Grid", "Phase", "Step", "KnownDifficulty", "GridActor", "Term", "Source", "Text", "Region", "Holiday",
         "User", "Organisation", "Deputy", "Emblem"}


def test_only_reference_data_and_accounts_are_there():
    assert {model.__name__ for model in admin.site._registry} == SHOWN


@pytest.fixture
def deputy(manager, editor):
    day = timezone.localdate()
    return deputies.name(Deputy(membership=manager.memberships.get(), deputy=editor, starts_on=day, ends_on=day),
                         by=manager)


@pytest.fixture
def emblem(db):
    return Emblem.objects.create(label="Armoiries", image=b"x")


def test_every_list_search_and_page_opens(desk, deputy, emblem):
    for model in admin.site._registry:
        assert desk.get(address(model, "changelist"), {"q": "a"}).status_code == 200
        row = model.objects.first()
        response = desk.get(address(model, "change", row.pk))
        assert response.status_code == 200
        content = response.content.decode()
        # Without it, browsers ask for one that is not there.
        assert ("deletelink" in content, '<link rel="icon"' in content) == (False, True)


def test_lists_cost_the_same_for_more_rows(desk, django_assert_max_num_queries):
    for model in admin.site._registry:
        with django_assert_max_num_queries(12):
            desk.get(address(model, "changelist"))


def test_nothing_is_deleted(desk, deputy, emblem):
    for model in admin.site._registry:
        assert desk.post(address(model, "delete", model.objects.first().pk), {"post": "yes"}).status_code == 403


def test_what_the_files_bring_is_not_added_by_hand(desk):
    statuses = {model.__name__: desk.get(address(model, "add")).status_code for model in admin.site._registry}
    assert {name for name, status in statuses.items() if status == 403} == {"Grid", "Phase", "Step", "Region"}
    assert set(statuses.values()) == {200, 403}


def test_an_edited_question_is_kept_by_the_loader(desk):
    url = address(Step, "change", Step.objects.get(code="A1").pk)
    data = fields(desk.get(url))
    data |= {"questions-0-text": "Avons-nous la note ?", "questions-0-sources": "S01, S02"}
    assert desk.post(url, data).status_code == 302
    question = Question.objects.get(code="A1.Q1")
    assert (question.text, question.sources) == ("Avons-nous la note ?", ["S01", "S02"])
    report = load()
    assert (report.kept, report.changes) == (["question A1.Q1"], 0)


def test_saving_without_a_change_is_not_an_edit(desk):
    for step in Step.objects.filter(code__in=["A1", "C2"]):
        url = address(Step, "change", step.pk)
        assert desk.post(url, fields(desk.get(url))).status_code == 302
    assert load().kept == []


def test_an_unknown_source_is_refused_in_words(desk):
    url = address(Step, "change", Step.objects.get(code="A1").pk)
    response = desk.post(url, fields(desk.get(url)) | {"questions-0-sources": "S01, S999"})
    assert "Source inconnue : S999." in response.content.decode()
    assert Question.objects.get(code="A1.Q1").sources == []


@pytest.mark.parametrize(("typed", "said"), [
    ("un\x07deux", "Le texte contient un caractère invisible interdit (U+0007), après « un » : retapez ce passage."),
    ("un\u202edeux", "Le texte contient un caractère invisible interdit (U+202E), après « un » : retapez ce passage."),
    ("\u200b\xa0", "Ce champ est obligatoire."),
    ("é" * 20_001, "Ce texte compte 20\xa0001 caractères ; la limite est de 20\xa0000. Raccourcissez-le.")])
def test_a_text_is_held_to_the_rules_of_every_page(desk, typed, said):
    url = address(Step, "change", Step.objects.get(code="A1").pk)
    data = fields(desk.get(url))
    response = desk.post(url, data | {"questions-0-text": typed, "objective": typed})
    assert errors(response) == [said, said]
    assert desk.post(url, data | {"questions-0-text": "  e\u0301tat\r\n", "objective": "a\u200db"}).status_code == 302
    assert Question.objects.get(code="A1.Q1").text == "état"


def test_names_of_people_and_organisations_are_held_to_the_same_rules(desk, kayes, editor):
    for row in (kayes, editor):
        url = address(row, "change", row.pk)
        response = desk.post(url, fields(desk.get(url)) | {"name": "Awa\u202eDiarra"})
        assert errors(response) == [
            "Le texte contient un caractère invisible interdit (U+202E), après « Awa » : retapez ce passage."]


@pytest.mark.parametrize("code", ["é à / ?", "A2.Q9", "A1.P9", "A1.Q", "a1.q9"])
def test_a_code_has_the_shape_of_its_kind(desk, code):
    url = address(Step, "change", Step.objects.get(code="A1").pk)
    data = fields(desk.get(url))
    count = int(data["questions-TOTAL_FORMS"])
    data |= {"questions-TOTAL_FORMS": count + 1, f"questions-{count}-text": "Et ensuite ?",
             f"questions-{count}-source_status": "proposed"}
    assert errors(desk.post(url, data | {f"questions-{count}-code": code})) == ["Écrivez un code comme A1.Q1."]
    assert desk.post(url, data | {f"questions-{count}-code": "A1.Q9"}).status_code == 302
    assert Question.objects.get(code="A1.Q9").text == "Et ensuite ?"


def test_every_code_of_the_files_has_the_shape_of_its_kind(db):
    wrong = []
    for model, (shape, _) in SHAPES.items():
        for row in model.objects.all():
            pattern = shape.replace("STEP", row.code.split(".")[0])
            wrong += [] if re.fullmatch(pattern, row.code) else [row.code]
    assert wrong == []


def test_a_code_given_twice_is_refused_in_a_sentence(desk):
    url = address(Step, "change", Step.objects.get(code="A1").pk)
    data = fields(desk.get(url))
    count = int(data["questions-TOTAL_FORMS"])
    data |= {"questions-TOTAL_FORMS": count + 1, f"questions-{count}-text": "Et ensuite ?",
             f"questions-{count}-source_status": "proposed", f"questions-{count}-code": "A1.Q1"}
    assert errors(desk.post(url, data)) == [
        "Ce code est déjà celui d’une autre ligne de la liste : donnez-en un autre."]


def test_a_membership_given_twice_is_refused_in_a_sentence(desk, kayes, editor):
    for row, column in ((editor, "organisation"), (kayes, "user")):
        url = address(row, "change", row.pk)
        other = {"organisation": kayes.pk, "user": editor.pk}[column]
        data = fields(desk.get(url)) | {
            "memberships-TOTAL_FORMS": "2", f"memberships-1-{column}": other, "memberships-1-role": "editor",
            "memberships-1-starts_on": "01/01/2020"}
        response = desk.post(url, data)
        assert [sentence.split(" (")[0] for sentence in errors(response)] == [
            "Cette appartenance est déjà dans la liste"]
    assert editor.memberships.count() == 1


@pytest.mark.parametrize("name", ["is_active", "is_staff", "is_superuser"])
def test_nobody_shuts_the_door_behind_themselves(desk, boss, name):
    def unticked(url):
        return desk.post(url, {key: value for key, value in fields(desk.get(url)).items() if key != name})
    assert errors(unticked(address(User, "change", boss.pk))) == [
        "Vous ne pouvez pas vous retirer cet accès à vous-même : demandez-le à un autre administrateur."]
    other = User.objects.create_superuser("autre@exemple.example", factories.PASSWORD, name="Autre")
    assert unticked(address(User, "change", other.pk)).status_code == 302
    assert not getattr(User.objects.get(pk=other.pk), name)


def test_a_code_is_fixed_once_saved(desk):
    term = Term.objects.get(slug="adr")
    url = address(Term, "change", term.pk)
    assert desk.post(url, fields(desk.get(url)) | {"slug": "autre"}).status_code == 302
    term.refresh_from_db()
    assert term.slug == "adr"


def test_a_person_is_created_with_an_address_and_a_membership(desk, kayes):
    data = fields(desk.get(address(User, "add"))) | {
        "email": "Awa.Diarra@Exemple.example", "name": "Awa Diarra", "function": "Secrétaire générale",
        "password1": "grenier-mil-2026", "password2": "grenier-mil-2026",
        "memberships-TOTAL_FORMS": "1", "memberships-0-organisation": kayes.pk, "memberships-0-role": "manager",
        "memberships-0-starts_on": "01/01/2026"}
    assert desk.post(address(User, "add"), data).status_code == 302
    person = User.objects.get(email="awa.diarra@exemple.example")
    assert person.check_password("grenier-mil-2026")
    assert person.roles == {Role.MANAGER}
    again = desk.post(address(User, "add"), data)
    assert "existe déjà" in again.content.decode()


def test_a_role_that_does_not_fit_is_refused_in_words(desk, kayes):
    person = factories.member(kayes, Role.EDITOR)
    url = address(User, "change", person.pk)
    response = desk.post(url, fields(desk.get(url)) | {"memberships-0-role": "director"})
    assert "Ce rôle ne convient pas à « Conseil régional de Kayes »" in response.content.decode()
    assert person.memberships.get().role == Role.EDITOR


def test_every_role_of_every_kind(boss):
    region = Region.objects.get(slug="kayes")
    for kind in OrganisationKind:
        organisation = Organisation.objects.create(
            name=f"Une {kind}", kind=kind, region=region if kind == OrganisationKind.COUNCIL else None)
        for role in Role:
            membership = Membership(user=boss, organisation=organisation, role=role)
            if role in ROLES_OF[kind]:
                membership.full_clean()
            else:
                with pytest.raises(ValidationError, match="Ce rôle ne convient pas"):
                    membership.full_clean()


def test_a_person_is_deactivated_and_their_name_stays(desk, boss, editor):
    response = desk.post(address(User, "changelist"), {
        "action": "deactivate", "_selected_action": [editor.pk, boss.pk]})
    assert response.status_code == 302
    assert dict(User.objects.values_list("email", "is_active")) == {editor.email: False, boss.email: True}


def test_staff_who_is_not_a_superuser_gains_no_right(client, boss):
    clerk = User.objects.create_user("agent@exemple.example", factories.PASSWORD, name="Agent", is_staff=True)
    clerk.user_permissions.set(clerk.user_permissions.model.objects.filter(content_type__model="user"))
    client.force_login(clerk)
    own = address(User, "change", clerk.pk)
    assert client.post(own, fields(client.get(own)) | {"is_superuser": "on"}).status_code == 302
    clerk.refresh_from_db()
    assert not clerk.is_superuser
    assert client.post(address(User, "change", boss.pk), {"email": "autre@exemple.example"}).status_code == 403
    assert client.post(reverse("admin:auth_user_password_change", args=[boss.pk]), {}).status_code == 403


def test_its_link_is_in_the_menu_of_staff_alone(client, boss, editor):
    link = '<a href="/administration/">Administration</a>'
    shown = []
    for person in (boss, editor):
        client.force_login(person)
        shown.append(link in client.get("/grille/").content.decode())
    assert shown == [True, False]


def test_the_administration_has_no_sign_in_of_its_own(client, editor):
    response = client.post("/administration/login/?next=/administration/", {"username": "x", "password": "y"})
    assert (response.status_code, response.url.split("?")[0]) == (302, "/connexion/")
    client.force_login(editor)
    assert client.get("/administration/login/").status_code == 403


def test_a_deputy_is_named_and_ended_for_others_and_the_journal_says_so(desk, boss, manager, editor, stranger):
    day = timezone.localdate()
    theirs = manager.memberships.get()
    data = {"membership": theirs.pk, "deputy": stranger.pk,
            **dict.fromkeys(["starts_on", "ends_on"], f"{day:%d/%m/%Y}")}
    refused = desk.post(address(Deputy, "add"), data)
    assert "Le suppléant appartient à la même organisation" in refused.content.decode()
    assert desk.post(address(Deputy, "add"), data | {"deputy": editor.pk}).status_code == 302
    named = Deputy.objects.get()
    assert desk.post(address(Deputy, "change", named.pk), data).status_code == 403
    desk.post(address(Deputy, "changelist"), {"action": "end", "_selected_action": [named.pk]})
    named.refresh_from_db()
    assert named.ended_at
    assert list(JournalEntry.objects.order_by("pk").values_list("action", "by")) == [
        ("deputy.name", boss.pk), ("deputy.end", boss.pk)]


def journal():
    return list(JournalEntry.objects.order_by("pk").values_list("action", "subject", "by__name"))


def test_an_account_and_its_memberships_leave_a_trace(desk, kayes, manager):
    data = fields(desk.get(address(User, "add"))) | {
        "email": "awa@exemple.example", "name": "Awa Diarra", "password1": "grenier-mil-2026",
        "password2": "grenier-mil-2026", "memberships-TOTAL_FORMS": "1", "memberships-0-organisation": kayes.pk,
        "memberships-0-role": "editor", "memberships-0-starts_on": "01/01/2026"}
    assert desk.post(address(User, "add"), data).status_code == 302
    person = User.objects.get(email="awa@exemple.example")
    url = address(User, "change", person.pk)
    assert desk.post(url, fields(desk.get(url)) | {"memberships-0-role": "manager", "name": "Awa Keita"}
                     ).status_code == 302
    assert desk.post(url, fields(desk.get(url))).status_code == 302
    desk.post(reverse("admin:auth_user_password_change", args=[person.pk]),
              {"password1": "autre-grenier-2026", "password2": "autre-grenier-2026"})
    desk.post(address(User, "changelist"), {"action": "deactivate", "_selected_action": [person.pk]})
    boss = "Administratrice"
    assert journal() == [
        ("account.add", "Awa Diarra (awa@exemple.example)", boss),
        ("membership.add", f"Awa Diarra : rédacteur, {kayes.name}, du 01/01/2026", boss),
        ("account.change", "Awa Keita (awa@exemple.example) — nom affiché : Awa Diarra → Awa Keita", boss),
        ("membership.change",
         f"Awa Keita : responsable, {kayes.name}, du 01/01/2026 — rôle : rédacteur → responsable", boss),
        ("account.change", "Awa Keita (awa@exemple.example) — mot de passe changé", boss),
        ("account.deactivate", "Awa Keita (awa@exemple.example)", boss)]
    told = set(Notification.objects.filter(user=manager).values_list("title", flat=True))
    assert told == {f"Votre équipe dans l’administration : {words}" for words in (
        "ajoute une appartenance", "modifie un compte", "modifie une appartenance", "désactive un compte")}
    desk.force_login(manager)
    page = desk.get(reverse("people_journal")).content.decode()
    assert [words in page for words in ("rôle\xa0: rédacteur → responsable", "désactive un compte")] == [True, True]


@pytest.mark.parametrize("model", [User, Organisation])
def test_what_is_written_of_people_is_locked_before_the_head_of_the_journal(desk, editor, kayes, model):
    url = address(model, "change", {User: editor, Organisation: kayes}[model].pk)
    data = fields(desk.get(url)) | {"name": "Un autre nom", "memberships-0-ends_on": "01/02/2030"}
    with CaptureQueriesContext(connection) as queries:
        assert desk.post(url, data).status_code == 302
    statements = [query["sql"] for query in queries]
    head = next(at for at, sql in enumerate(statements) if 'FROM "negotiation_journalhead"' in sql)
    locked = [max(at for at, sql in enumerate(statements[:head]) if f'ORDER BY "negotiation_{table}"."id" ASC' in sql)
              for table in ("organisation", "membership", "deputy")]
    assert locked == sorted(locked)


def test_an_organisation_written_here_leaves_a_trace(desk, kayes, editor):
    url = address(Organisation, "change", kayes.pk)
    assert desk.post(url, fields(desk.get(url)) | {"acronym": "CRK", "memberships-0-ends_on": "01/02/2030"}
                     ).status_code == 302
    assert journal() == [
        ("organisation.change", f"{kayes.name} — sigle : — → CRK", "Administratrice"),
        ("membership.change", f"{editor.name} : rédacteur, {kayes.name}, du 01/01/2020 au 01/02/2030 — jusqu’au : — "
                              "→ 01/02/2030", "Administratrice")]


def test_an_address_that_exists_is_refused_in_french(desk, editor):
    data = fields(desk.get(address(User, "add"))) | {
        "email": editor.email, "name": "Autre", "password1": "grenier-mil-2026", "password2": "grenier-mil-2026"}
    User.objects.filter(pk=editor.pk).update(email=editor.email.upper())
    assert errors(desk.post(address(User, "add"), data)) == [
        "Une personne a déjà cette adresse électronique : cherchez-la dans la liste."]


def test_who_left_comes_back_the_same_day(desk, kayes, editor):
    day = timezone.localdate()
    editor.memberships.update(starts_on=day, ends_on=day, ended_at=timezone.now())
    url = address(User, "change", editor.pk)
    data = fields(desk.get(url)) | {
        "memberships-TOTAL_FORMS": "2", "memberships-1-organisation": kayes.pk, "memberships-1-role": "editor",
        "memberships-1-starts_on": f"{day:%d/%m/%Y}"}
    assert desk.post(url, data).status_code == 302
    assert editor.memberships.count() == 2


def test_what_a_phase_must_have_approved_is_edited(desk):
    phase = Phase.objects.get(code="A")
    url = address(Phase, "change", phase.pk)
    assert desk.post(url, fields(desk.get(url)) | {"gate": "A1, A2"}).status_code == 302
    phase.refresh_from_db()
    assert phase.gate == ["A1", "A2"]
