"""« Livrets publiés »: found without accents, from what each edition said, and never from the dossier of today."""
import re
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from negotiation.models import Booklet, CatalogueEntry, CatalogueTag, Contribution, Difficulty, Project
from negotiation.workflow import booklets

from .. import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def funded(dossier):
    """A project of the dossier, financed by its first actor."""
    project = Project.objects.create(negotiation=dossier, name="Forages de Yélimané",
                                     problem="Désenclaver les villages")
    Contribution.objects.create(project=project, financier=dossier.actors.get(name="État"), year=2027, amount=400)
    return project


def listed(client, **asked):
    """The pages of the editions that a search finds, in order."""
    html = client.get("/livrets/", asked).content.decode()
    return re.findall(r'<th scope="row"><a href="/livrets/([^"]+)/"', html)


def found(dossier, *numbers):
    return [f"{dossier.slug}/{number}" for number in numbers]


@pytest.mark.parametrize("q", ["yelimane", "YÉLIMANÉ", "forage yelimané", "  villages  désenclaver ", "regiòn kayes"])
def test_an_edition_is_found_by_its_words_without_accents(client, dossier, manager, funded, q):
    factories.published(dossier, manager)
    assert listed(client, q=q) == found(dossier, 1)


@pytest.mark.parametrize(("q", "numbers"), [
    ("routes", [1]), ("TRANSPORT", [1]), ("élevage", []), ("transports Yélimané", [1])])
def test_an_edition_is_found_by_the_name_of_its_themes(client, dossier, manager, funded, q, numbers):
    """No page of it says these words: they are the application's."""
    Project.objects.update(name="Piste de Yélimané", problem="")
    factories.published(dossier, manager)
    assert listed(client, q=q) == found(dossier, *numbers)


@pytest.mark.parametrize("q", ["yelimane sikasso", "%", "_", "'\"", "avons nous le decret"])
def test_what_an_edition_does_not_say_is_not_found(client, dossier, manager, funded, q):
    """Nor what the grid prints in every livret."""
    factories.published(dossier, manager)
    assert listed(client, q=q) == []


def test_the_search_reads_the_frozen_content_and_never_the_dossier(client, dossier, manager, funded):
    factories.published(dossier, manager)
    Project.objects.update(name="Piste de Diéma")
    Difficulty.objects.create(negotiation=dossier, family="technical", what="Aucun bureau d’études à Nioro")
    dossier.title, dossier.first_year = "Autre titre", 2028
    dossier.save()
    assert [listed(client, q=q) for q in ("Diéma", "Nioro", "Autre titre", "Yélimané")] == [[], [], [],
                                                                                          found(dossier, 1)]
    assert listed(client, periode="2027 2031") == found(dossier, 1)
    assert "Autre titre" not in client.get("/livrets/").content.decode()


def test_an_established_edition_is_not_in_the_catalogue(client, dossier, manager, funded):
    edition = factories.established(dossier, manager)
    assert listed(client, q="Yélimané") == []
    assert not CatalogueEntry.objects.exists()
    booklets.publish(edition, by=manager)
    assert listed(client, q="Yélimané") == found(dossier, 1)


def test_a_withdrawn_edition_is_told_and_what_it_said_is_not_found(client, dossier, manager, funded):
    edition = factories.published(dossier, manager)
    booklets.withdraw(edition, "Une donnée personnelle.", by=manager)
    assert (listed(client), listed(client, q="Yélimané"), listed(client, financeur="etat")) == (found(dossier, 1), [],
                                                                                                  found(dossier, 1))
    assert listed(client, region="region de kayes", etat="retirees") == found(dossier, 1)
    assert list(CatalogueTag.objects.values_list("kind", flat=True)) == ["periode", "region"]


def test_filters_read_region_period_financier_theme_and_state(client, dossier, manager, funded, stranger):
    other = factories.negotiation(stranger.current_memberships[0].organisation, stranger, first_year=2026,
                                  last_year=2030)
    factories.published(other, stranger)
    for _ in range(2):
        factories.published(dossier, manager)
    assert listed(client) == [*found(dossier, 2), *found(other, 1), *found(dossier, 1)]
    for name, value in (("region", "region de kayes"), ("periode", "2027 2031"), ("financeur", "etat"),
                        ("theme", "eau"), ("theme", "routes")):
        assert listed(client, **{name: value}) == found(dossier, 2, 1), name
    assert listed(client, etat="en-vigueur") == [*found(dossier, 2), *found(other, 1)]
    assert listed(client, etat="remplacees") == found(dossier, 1)
    assert listed(client, theme="eau", region="region de mopti", financeur="etat") == []


@pytest.mark.parametrize(("asked", "said"), [
    ({"region": "zzz"}, ["région ou district « zzz »"]), ({"theme": "<b>"}, ["thème « &lt;b&gt; »"]),
    ({"page": "abc"}, []), ({"page": "99"}, []), ({"q": " "}, []), ({"region": ""}, []), ({"periode": "2027 2031"}, []),
    ({"etat": "x", "periode": "2018-2022"}, ["période « 2018-2022 »", "état « x »"])])
def test_what_means_nothing_filters_nothing_and_is_told(client, dossier, manager, asked, said):
    factories.published(dossier, manager)
    assert listed(client, **asked) == found(dossier, 1)
    html = client.get("/livrets/", asked).content.decode().replace("\u00a0", " ")
    html = re.sub('<span dir="auto">(.*?)</span>', r"\1", html)
    assert re.findall("Critère inconnu, et non appliqué : (.*?).</p>", html) == said


def test_a_search_without_result_says_so_and_keeps_what_was_typed(client, dossier, manager):
    factories.published(dossier, manager)
    html = client.get("/livrets/", {"q": "<i>Tombouctou"}).content.decode()
    assert "Aucun livret publié ne répond" in html
    assert 'value="&lt;i&gt;Tombouctou"' in html


def test_a_long_catalogue_has_pages_that_keep_the_search(client, dossier, manager, funded, monkeypatch):
    monkeypatch.setattr("negotiation.queries.catalogue.PER_PAGE", 2)
    for _ in range(3):
        factories.published(dossier, manager)
    assert (listed(client, q="forages"), listed(client, q="forages", page=2)) == (found(dossier, 3, 2),
                                                                                 found(dossier, 1))
    assert 'href="?q=forages&amp;page=2"' in client.get("/livrets/", {"q": "forages"}).content.decode()


def test_a_search_costs_the_same_for_one_edition_and_for_three(client, dossier, manager, funded):
    counts = []
    for _ in range(3):
        factories.published(dossier, manager)
        with CaptureQueriesContext(connection) as queries:
            client.get("/livrets/", {"q": "forages", "theme": "eau", "financeur": "etat"})
        counts.append(len(queries))
    assert counts == [3, 3, 3]


def catalogue():
    return [*CatalogueEntry.objects.order_by("pk").values(),
            *CatalogueTag.objects.order_by("entry", "kind", "key").values("entry", "kind", "key", "name")]


def test_editions_published_before_the_catalogue_enter_it(client, dossier, manager, funded):
    for _ in range(2):
        factories.published(dossier, manager)
    booklets.withdraw(Booklet.objects.get(number=1), "Erreur", by=manager)
    old = Booklet.objects.create(negotiation=dossier, number=9, sha256="9" * 64, size=9, pages=9, state="withdrawn",
                                 established_at=dossier.opened_at, published_at=dossier.opened_at,
                                 withdrawn_at=dossier.opened_at, withdrawal_reason="Erreur")
    before = catalogue()
    CatalogueEntry.objects.all().delete()
    migration = import_module("negotiation.migrations.0012_partners_and_signatures")
    migration.enter(apps, SimpleNamespace(connection=connection))
    assert (old.catalogue.title, old.catalogue.words) == (dossier.title, "")
    CatalogueEntry.objects.filter(pk=old.pk).delete()
    assert catalogue() == before


def test_the_page_of_an_edition_shows_the_pictures_and_figures_it_was_frozen_with(client, dossier, manager, funded):
    factories.published(dossier, manager)
    Contribution.objects.update(amount=999)
    funded.name = "Piste de Diéma"
    funded.save()
    html = client.get(f"/livrets/{dossier.slug}/1/").content.decode()
    for said in ("Projets (1)", "Forages de Yélimané", "400\u00a0FCFA", "Part de chaque financeur", "2027 : 400",
                 'property="og:image" content="http://localhost:8000/static/img/partage.png"'):
        assert said in html.replace("\u00a0:", " :"), said
    assert html.count("<svg") == 2
    assert "999" not in html
    assert "Diéma" not in html
