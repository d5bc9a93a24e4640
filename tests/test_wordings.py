"""The French wordings that replace those of the libraries: compiled as written, of sentences that exist, and seen."""
import gettext
import html
import re
from pathlib import Path

import allauth
import django
import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from negotiation.models import Step, User

from . import factories

ROOT = Path(__file__).resolve().parent.parent
CATALOG = "locale/fr/LC_MESSAGES/django"
DJANGO = Path(django.__file__).parent
LIBRARIES = [Path(allauth.__file__).parent, DJANGO / "conf", DJANGO / "contrib/admin", DJANGO / "contrib/auth"]


def compiled(folder):
    with (folder / f"{CATALOG}.mo").open("rb") as file:
        return {one: said for one, said in gettext.GNUTranslations(file)._catalog.items() if one}


def written():
    """{English: French} of our django.po."""
    text = (ROOT / "negotiation" / f"{CATALOG}.po").read_text()
    pairs = re.findall(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n)+)', text, re.M)
    said = {"".join(re.findall(r'"(.*)"', one)): "".join(re.findall(r'"(.*)"', other)) for one, other in pairs}
    del said[""]
    return said


def test_what_is_compiled_is_what_is_written():
    assert compiled(ROOT / "negotiation") == written()


def test_each_wording_replaces_one_that_exists():
    known = {one for folder in LIBRARIES for one in compiled(folder)}
    assert set(written()) - known == set()


def test_wordings_use_the_french_apostrophe():
    assert [said for said in written().values() if "'" in said] == []


def test_signing_in_and_out_is_told_in_french(client, manager):
    response = client.post(reverse("account_login"), {"login": manager.email, "password": factories.PASSWORD})
    assert [str(message) for message in get_messages(response.wsgi_request)] == [
        f"Connexion réussie\u00a0: {manager.name}."]
    response = client.post(reverse("account_logout"))
    assert str(list(get_messages(response.wsgi_request))[-1]) == "La session est fermée."


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["account_login", "account_reset_password"])
def test_an_address_is_called_the_same_everywhere(client, name):
    page = client.post(reverse(name), {"login": "x", "email": "x", "password": "y"}).content.decode()
    assert "Adresse électronique" in page
    assert [word for word in ("ourriel", "e-mail", "E-mail") if word in page] == []


def test_a_wrong_current_password_is_told_in_french(sign_in, manager):
    response = sign_in(manager).post(reverse("account_change_password"), {
        "oldpassword": "autre", "password1": "nouvelle-phrase-longue", "password2": "nouvelle-phrase-longue"})
    assert response.context["form"].errors == {
        "oldpassword": ["Le mot de passe actuel n’est pas celui-là\u00a0: retapez-le."]}


@pytest.fixture
def desk(sign_in, db):
    return sign_in(User.objects.create_superuser("admin@exemple.example", factories.PASSWORD, name="Administratrice"))


@pytest.mark.django_db
def test_a_page_of_the_administration_has_a_french_title(desk):
    response = desk.get(reverse("admin:negotiation_step_change", args=[Step.objects.first().pk]))
    assert response.context["title"] == "Modifier\u00a0: étape"


def test_the_administration_offers_no_other_way_in_than_a_password(desk, manager):
    pages = [desk.get(reverse("admin:negotiation_user_add")),
             desk.get(reverse("admin:auth_user_password_change", args=[manager.pk])),
             desk.get(reverse("admin:negotiation_user_change", args=[manager.pk]))]
    texts = [html.unescape(re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", page.content.decode(), flags=re.S))
             for page in pages]
    wrong = ("LDAP", "Sign-On", "If disabled", "l'", "d'", "n'")
    assert [word for word in wrong for text in texts if word in text] == []
