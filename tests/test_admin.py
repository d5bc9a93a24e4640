"""The administration: every list and page opens, nothing is deleted, roles fit, dossiers are not there."""
import pytest
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from negotiation.choices import ROLES_OF, OrganisationKind, Role
from negotiation.models import Deputy, JournalEntry, Membership, Organisation, Question, Region, Step, Term, User
from negotiation.workflow import deputies
from negotiation.workflow.reference import load

from . import factories

pytestmark = pytest.mark.django_db
SHOWN = {"Grid", "Phase", "Step", "KnownDifficulty", "GridActor", "Term", "Source", "Text", "Region", "Holiday",
         "User", "Organisation", "Deputy"}


@pytest.fixture
def boss(db):
    return User.objects.create_superuser("admin@exemple.example", factories.PASSWORD, name="Administratrice")


@pytest.fixture
def desk(sign_in, boss):
    return sign_in(boss)


def address(model, page, *args):
    return reverse(f"admin:negotiation_{model._meta.model_name}_{page}", args=args)


def fields(response, prefix=None):
    """What the forms of a page would post back."""
    context = response.context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data = {}
    for form in forms:
        for field in form:
            value = field.value()
            if value is not None and value is not False and not field.field.disabled:
                data[field.html_name] = field.field.prepare_value(value)
    return data


def test_only_reference_data_and_accounts_are_there():
    assert {model.__name__ for model in admin.site._registry} == SHOWN


@pytest.fixture
def deputy(manager, editor):
    day = timezone.localdate()
    return deputies.name(Deputy(membership=manager.memberships.get(), deputy=editor, starts_on=day, ends_on=day),
                         by=manager)


def test_every_list_search_and_page_opens(desk, deputy):
    for model in admin.site._registry:
        assert desk.get(address(model, "changelist"), {"q": "a"}).status_code == 200
        row = model.objects.first()
        response = desk.get(address(model, "change", row.pk))
        assert response.status_code == 200
        assert "deletelink" not in response.content.decode()


def test_lists_cost_the_same_for_more_rows(desk, django_assert_max_num_queries):
    for model in admin.site._registry:
        with django_assert_max_num_queries(12):
            desk.get(address(model, "changelist"))


def test_nothing_is_deleted(desk, deputy):
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
