"""The dossiers of the demonstration, as they are written: what is money is in the plan, the rest among obligations."""
import json
import os
import re
import shutil

import pytest
from django.conf import settings

from negotiation.management.commands import demo


@pytest.mark.parametrize("name", ["kayes", "exercise"])
def test_obligations_are_other_than_money(name):
    dossier = json.loads((settings.BASE_DIR / f"fixtures/demonstration/{name}.json").read_text())
    assert dossier["obligations"] != []
    assert [one["what"] for one in dossier["obligations"] if re.search(r"FCFA|million|milliard", one["what"])] == []


def test_what_the_sources_say_of_the_money_of_kayes_is_told_in_answers():
    answers = json.loads((settings.BASE_DIR / "fixtures/demonstration/kayes.json").read_text())["answers"]
    told = " ".join(answers.values()).replace("\u00a0", " ")
    assert "L’État devait apporter 2 milliards de FCFA, à raison de 400 millions de FCFA par an" in told
    assert "La contrepartie publiée de la Région est de 181 715 163 FCFA" in told


def test_the_exercise_tries_a_scenario_and_says_that_it_is_invented():
    """The shape that workflow/demonstration.py reads: its financiers are actors of the exercise."""
    data = json.loads((settings.BASE_DIR / "fixtures/demonstration/exercise.json").read_text())
    actors = {actor["key"] for actor in data["actors"]}
    assert [(one["name"], "inventé" in one["note"]) for one in data["scenarios"]] == [
        ("Le partenaire fictif se retire", True)]
    assert {change["financier"] for one in data["scenarios"] for change in one["changes"]} <= actors


def test_the_positions_of_the_exercise_lead_to_the_announced_total_and_kayes_has_none():
    exercise, kayes = (json.loads((settings.BASE_DIR / f"fixtures/demonstration/{name}.json").read_text())
                       for name in ("exercise", "kayes"))
    assert "positions" not in kayes
    rounds = [(one["project"], one["kind"], sum(amount for *_, amount in one["amounts"]), "agreed_with" in one)
              for one in exercise["positions"]]
    assert rounds == [
        ("p1", "request", 980_000_000, False), ("p1", "proposal", 920_000_000, False),
        ("p1", "compromise", 980_000_000, True), ("p2", "request", 760_000_000, False),
        ("p2", "proposal", 660_000_000, False), ("p2", "counter", 750_000_000, False)]
    plan = sum(one["amount"] for one in exercise["contributions"] if one["project"] != "p1")
    assert plan + 980_000_000 == exercise["announced_total"]


def test_static_files_are_collected_again_only_once_one_has_changed(settings, tmp_path):
    source, copy = tmp_path / "source" / "a.css", tmp_path / "static" / "a.css"
    source.parent.mkdir()
    source.write_text("a {}")
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS, settings.STATIC_ROOT = [source.parent], copy.parent
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    found = []
    for change in ("", "copy", "source", "nothing left"):
        if change == "copy":
            copy.write_text("altered")
        if change == "source":
            source.write_text("b {}")
            os.utime(source, (2_000_000_000, 2_000_000_000))
        if change == "nothing left":
            shutil.rmtree(copy.parent)
        demo.collect_static()
        found.append(copy.read_text())
    assert found == ["a {}", "altered", "b {}", "b {}"]
