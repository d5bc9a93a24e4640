"""Signing in and out, resetting a password, and a session lost in the middle of a text."""
import html
import io
import re
import socket

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from negotiation.models import Project, User

from .. import factories


def sign_in_form(client, user, password=factories.PASSWORD, **data):
    return client.post(reverse("account_login"), {"login": user.email, "password": password, **data})


def test_people_sign_in_by_email_and_land_on_their_tasks(client, manager):
    response = sign_in_form(client, manager)
    assert (response.status_code, response.url) == (302, "/taches/")
    assert client.get("/taches/").status_code == 200
    assert client.post(reverse("account_logout")).url == "/"
    assert client.get("/taches/").url == "/connexion/?next=/taches/"


def test_a_wrong_password_and_an_unknown_address_say_the_same(client, manager):
    wrong = sign_in_form(client, manager, "une-autre-phrase")
    unknown = sign_in_form(client, User(email="personne@ailleurs.example"), "une-autre-phrase")

    def said(page):
        text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page.content.decode())
        return text.replace(manager.email, "X").replace("personne@ailleurs.example", "X")
    assert said(wrong) == said(unknown)


def is_throttled(response):
    return "Trop de tentatives" in html.unescape(response.content.decode())


def test_sign_in_is_throttled_whatever_the_host_header(client, manager, settings):
    settings.ALLOWED_HOSTS = ["*"]
    answers = [is_throttled(client.post(reverse("account_login"), {"login": manager.email, "password": f"essai-{n}"},
                                        headers={"host": f"cper.example:{n + 1000}"})) for n in range(12)]
    assert answers == [False] * 8 + [True] * 4
    assert is_throttled(sign_in_form(client, manager))


def test_a_stranger_s_failures_lock_neither_the_account_nor_the_office_out(client, manager, settings):
    """Behind a proxy, each visitor counts for their own address."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for n in range(12):
        client.post(reverse("account_login"), {"login": manager.email, "password": f"essai-{n}"},
                    headers={"x-forwarded-for": "41.73.0.1"})
    response = client.post(reverse("account_login"), {"login": manager.email, "password": factories.PASSWORD},
                           headers={"x-forwarded-for": "197.155.1.2"})
    assert response.status_code == 302


def test_an_account_tried_from_many_addresses_is_slowed_down(client, manager, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    answers = [is_throttled(client.post(reverse("account_login"), {"login": manager.email, "password": "essai"},
                                        headers={"x-forwarded-for": f"41.73.1.{n}"})) for n in range(52)]
    assert answers == [False] * 50 + [True] * 2


def test_too_many_requests_for_a_link_are_told_how_long_to_wait(client, manager):
    """One hour, and not the advice to ask for what was just refused."""
    answers = [client.post(reverse("account_reset_password"), {"email": manager.email}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    page = answers[-1].content.decode()
    assert ("attendez une heure" in page, "quelques minutes" in page) == (True, False)
    assert reverse("account_reset_password") not in page


def test_too_many_sign_ins_are_told_how_long_to_wait(client, manager, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login": "2/m/ip"}
    answers = [sign_in_form(client, manager, f"essai-{n}") for n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    page = answers[-1].content.decode()
    assert ("une heure" in page, "Attendez quelques minutes" in page) == (False, True)
    assert reverse("account_reset_password") in page


def test_demonstration_accounts_are_refused_in_production(client, settings, kayes):
    user = factories.member(kayes, "manager", is_demo=True)
    assert sign_in_form(client, user).status_code == 302
    settings.PRODUCTION = True
    assert client.get("/taches/").status_code == 302
    assert sign_in_form(client, user).url == "/compte/inactif/"
    assert client.get("/taches/").status_code == 302


def test_a_password_is_reset_by_mail_in_french(client, manager):
    client.post(reverse("account_reset_password"), {"email": manager.email})
    [message] = mail.outbox
    assert message.to == [manager.email]
    link = re.search(r"https?://testserver(/mot-de-passe/nouveau/\S+)", message.body).group(1)
    form = client.get(link, follow=True)
    page = client.post(form.request["PATH_INFO"], {"password1": "nouvelle-phrase-longue",
                                                   "password2": "nouvelle-phrase-longue"}, follow=True)
    assert page.status_code == 200
    assert sign_in_form(client, manager, "nouvelle-phrase-longue").status_code == 302


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client, manager):
    known, unknown = (client.post(reverse("account_reset_password"), {"email": email})
                      for email in (manager.email, "personne@ailleurs.example"))
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [message.to for message in mail.outbox] == [[manager.email]]


def test_a_mail_server_that_fails_tells_nobody_which_addresses_have_an_account(client, manager, settings, caplog):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    known, unknown = (client.post(reverse("account_reset_password"), {"email": email})
                      for email in (manager.email, "personne@ailleurs.example"))
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert ("not sent: ConnectionRefusedError" in caplog.text, "mot-de-passe" in caplog.text) == (True, False)


def test_registration_does_not_exist(db, client):
    for path in ("/inscription/", "/connexion/inscription/", "/accounts/signup/", "/signup/"):
        assert client.get(path).status_code in (302, 404)


def test_a_text_posted_after_the_session_was_lost_is_found_again(client, dossier, editor):
    url = reverse("step", args=[dossier.slug, "A4"])
    lost = client.post(url, {"A4-Q1": "Trois objectifs,\nlongtemps pesés par la commission.", "A4-Q1-base": "x"})
    text = html.unescape(lost.content.decode())
    assert lost.status_code == 403
    assert "longtemps pesés par la commission." in text
    fields = dict(re.findall(r'<input type="hidden" name="(resume[^"]*)" value="([^"]*)"', lost.content.decode()))
    resumed = sign_in_form(client, editor, **{k: html.unescape(v) for k, v in fields.items()})
    assert resumed.status_code == 200
    assert "longtemps pesés par la commission." in html.unescape(resumed.content.decode())
    assert f'action="{url}"' in resumed.content.decode()


def shown(page):
    return [html.unescape(text) for text in re.findall(r"<textarea[^>]*>(.*?)</textarea>", page.content.decode(), re.S)]


def test_a_lost_session_shows_sentences_and_carries_everything(client, dossier, editor):
    url = reverse("record_add", args=[dossier.slug, "evenements"])
    typed = {"title": "Réunion de cadrage", "date": "2026-02-03", "precision": "day", "place": "Kayes"}
    lost = client.post(url, typed)
    fields = dict(re.findall(r'<input type="hidden" name="(resume[^"]*)" value="([^"]*)"', lost.content.decode()))
    assert fields == {"resume_path": url, **{f"resume:{name}": value for name, value in typed.items()}}
    resumed = sign_in_form(client, editor, **fields)
    assert [shown(lost), shown(resumed)] == [["Réunion de cadrage"]] * 2


@pytest.mark.parametrize("sent", [True, False])
def test_only_a_file_that_was_sent_is_said_to_be_lost(client, dossier, editor, sent):
    file = {"file": SimpleUploadedFile("note.pdf", factories.pdf_bytes())} if sent else {}
    lost = client.post(reverse("document_deposit", args=[dossier.slug, "A1"]), {"title": "Une note", **file})
    fields = dict(re.findall(r'<input type="hidden" name="(resume[^"]*)" value="([^"]*)"', lost.content.decode()))
    wrong = sign_in_form(client, editor, "une-autre-phrase", **fields)
    fields = dict(re.findall(r'<input type="hidden" name="(resume[^"]*)" value="([^"]*)"', wrong.content.decode()))
    resumed = sign_in_form(client, editor, **fields)
    assert "Une note" in resumed.content.decode()
    assert ["fichier" in page.content.decode() for page in (lost, resumed)] == [sent, sent]


def test_amounts_of_a_lost_session_come_back_with_the_name_of_their_cell(client, dossier, editor, stranger):
    project = Project.objects.create(negotiation=dossier, name="Piste de Kléla")
    state = dossier.actors.filter(financier=True).first()
    url = reverse("plan", args=[dossier.slug])
    cell = f"p{project.pk}-f{state.pk}-y"
    lost = client.post(url, {"base": f"2027 2028 2029|{project.pk}-{state.pk} 5 0 7", f"{cell}2027": "5",
                             f"{cell}2028": "12 000 000", f"{cell}2029": ""})
    assert (shown(lost), "Piste" in lost.content.decode()) == ([], False)
    fields = {name: html.unescape(value) for name, value in re.findall(
        r'<input type="hidden" name="(resume[^"]*)" value="([^"]*)"', lost.content.decode())}
    resumed = sign_in_form(client, editor, **fields)
    assert (shown(resumed), resumed.context["resume_amounts"]) == ([], [
        (f"Piste de Kléla, {state}, 2028", "12 000 000"), (f"Piste de Kléla, {state}, 2029", "")])
    client.logout()
    elsewhere = sign_in_form(client, stranger, **fields)
    assert (elsewhere.context["resume_amounts"], "Piste" in elsewhere.content.decode()) == ([], False)


def test_a_button_pressed_after_the_session_was_lost_promises_no_text(client, dossier, editor):
    lost = client.post(reverse("step_move", args=[dossier.slug, "A1", "start"]), {"key": "k" * 22, "version": "125"})
    assert (shown(lost), "Votre texte" in lost.content.decode()) == ([], False)
    assert "Rien n’est encore enregistré." in lost.content.decode()


def test_a_password_is_never_written_into_a_page(db, client):
    response = client.post("/mot-de-passe/", {"oldpassword": "ANCIEN", "password1": "NOUVEAU", "password2": "NOUVEAU"})
    assert (response.status_code, response.url) == (302, "/connexion/?next=/mot-de-passe/")


def test_what_a_lost_session_gives_back_stays_in_no_cache(client, dossier):
    response = client.post(reverse("step", args=[dossier.slug, "A4"]), {"A4-Q1": "texte"})
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("path", ["https://ailleurs.example/", "//ailleurs.example/", "javascript:alert(1)"])
def test_a_resumed_form_stays_on_this_site(client, editor, path):
    response = sign_in_form(client, editor, resume_path=path, **{"resume:x": "texte"})
    assert (response.status_code, response.url) == (302, "/taches/")


def test_nothing_of_a_dossier_stays_in_a_cache(sign_in, manager, dossier):
    response = sign_in(manager).get(reverse("negotiation", args=[dossier.slug]))
    assert response["Cache-Control"] == "no-store"


def test_error_pages_are_french(client, settings, manager):
    client.force_login(manager)
    assert "n’existe" in html.unescape(client.get("/rien/").content.decode())
    assert client.get("/rien/").status_code == 404


@pytest.mark.parametrize(("who", "status"), [("examiner", 403), ("stranger", 404)])
def test_what_is_posted_where_it_is_refused_is_given_back(sign_in, request, dossier, who, status):
    """As after a lost session, when somebody else signs in and resumes."""
    typed = {"A4-Q1": "Trois objectifs <b>pesés</b>.", "A4-Q1-base": "Deux objectifs.", "version": "0",
             "p1-f1-y2027": "10 000"}
    page = sign_in(request.getfixturevalue(who)).post(reverse("step", args=[dossier.slug, "A4"]), typed)
    assert (page.status_code, shown(page)) == (status, ["Trois objectifs <b>pesés</b>.", "2027 : 10 000"])


def test_a_csrf_failure_gives_the_text_back(manager, dossier):
    from ..strict import StrictClient
    client = StrictClient(enforce_csrf_checks=True)
    client.force_login(manager)
    page = client.post(reverse("step", args=[dossier.slug, "A4"]), {
        "A4-Q1": "Un texte de dix lignes", "problem": "Observation :flou.", "target": "answer:A4.Q2", "progress": "36",
        "expected": "B4.P1", "p12-f3-y2027": "5000", "p12-f3-y0": "7", "p12-f4-y2028": "6000", "p13-f3-y2027": "x"})
    assert (page.status_code, shown(page)) == (403, [
        "Un texte de dix lignes", "Observation :flou.",
        "2027 : 5000 ; non réparti : 7\n2028 : 6000\n\n2027 : x"])
    assert "fichier" not in page.content.decode()


def test_a_csrf_failure_says_that_the_file_is_to_be_chosen_again(manager, dossier):
    from ..strict import StrictClient
    client = StrictClient(enforce_csrf_checks=True)
    client.force_login(manager)
    page = client.post(reverse("document_deposit", args=[dossier.slug, "A4"]), {
        "expected": "A4.P1", "file": SimpleUploadedFile("pv.pdf", factories.pdf_bytes())})
    text = page.content.decode()
    assert (page.status_code, shown(page), "Le fichier choisi, lui, ne peut pas être gardé" in text,
            "Choisissez de nouveau le fichier, puis enregistrez." in text) == (403, [], True, True)


@pytest.mark.parametrize("path", ["/connexion/", "/grille/A1", "/rien/", "/taches/", "/sante/", "/livrets/x/1.pdf"])
def test_security_headers_on_every_kind_of_answer(db, client, path):
    headers = client.get(path).headers
    if path != "/grille/A1":
        assert_policy(headers)
    assert {name: headers[name] for name in (
        "X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy",
        "Cross-Origin-Resource-Policy")} == {
        "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"}


def assert_policy(headers):
    assert set(headers["Content-Security-Policy"].split("; ")) == {
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'",
        "connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"}


@pytest.mark.parametrize("path", ["/grille/?x=%00", "/administration/negotiation/user/?memberships__role=%00",
                                  "/taches/?page=1%00", "/rien/?%00"])
def test_a_nul_in_an_address_is_refused_in_french(db, sign_in, path):
    boss = User.objects.create_superuser("admin@exemple.example", factories.PASSWORD, name="Administratrice")
    page = sign_in(boss).get(path)
    assert (page.status_code, "Cette demande n’a pas pu être lue" in page.content.decode()) == (400, True)
    assert_policy(page.headers)


@pytest.mark.parametrize(("method", "path", "allowed"), [
    ("options", "/grille/", "GET, HEAD"), ("post", "/glossaire/", "GET, HEAD"),
    ("put", "/livrets/x/1.pdf", "GET, HEAD"), ("get", "/administration/logout/", "POST, OPTIONS")])
def test_a_method_that_a_page_does_not_take_is_refused_in_french(db, sign_in, method, path, allowed):
    boss = User.objects.create_superuser("admin@exemple.example", factories.PASSWORD, name="Administratrice")
    page = getattr(sign_in(boss), method)(path)
    assert (page.status_code, page["Allow"]) == (405, allowed)
    assert "Cette adresse ne s’emploie pas ainsi" in page.content.decode()
    assert_policy(page.headers)


def test_what_is_posted_to_a_page_that_is_only_read_is_given_back(db, client):
    page = client.post("/grille/", {"texte": "Trois phrases longtemps pesées", "precision": "day", "vu": "on"})
    assert (page.status_code, shown(page)) == (405, ["Trois phrases longtemps pesées"])


def test_a_failure_is_told_on_the_error_output(settings):
    """In production too: a page that breaks leaves its cause where the operator looks."""
    root = settings.LOGGING["root"]
    assert (root["handlers"], settings.LOGGING["handlers"]["stderr"]["class"]) == (["stderr"], "logging.StreamHandler")
    assert settings.LOGGING["loggers"]["django"]["handlers"] == []


@pytest.mark.parametrize(("sent", "limit"), [
    ({"answer-1": "é" * 8_500_000 + "."}, "16 Mo de texte"), ({"file": io.BytesIO(bytes(49 << 20))}, "48 Mo")])
def test_what_is_too_heavy_is_refused_with_the_limit_to_who_stays_signed_in(sign_in, editor, dossier, sent, limit):
    page = sign_in(editor).post(f"/negociations/{dossier.slug}/etapes/A1/", sent)
    html = page.content.decode()
    assert (page.status_code, "Cet envoi est trop lourd" in html) == (413, True)
    assert f"(au plus {limit} par envoi, et 20 Mo par fichier)" in html
    assert "Se déconnecter" in html
    assert_policy(page.headers)


def test_a_proxy_that_hides_its_visitors_is_said_in_words(client, manager):
    """A socket of the machine has no address of its own."""
    client.defaults["REMOTE_ADDR"] = ""
    page = sign_in_form(client, manager)
    told = "Le serveur ne reçoit pas l’adresse de ses visiteurs"
    assert (page.status_code, told in page.content.decode()) == (403, True)
