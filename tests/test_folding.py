"""Words as they are searched, and the themes told from them."""
import re

import pytest

from negotiation.folding import fold, pattern
from negotiation.themes import WORDS, Theme, themes_of


@pytest.mark.parametrize(("typed", "found"), [
    ("Élevage à Ségou", "elevage a segou"), ("L’EAU, œuvre n° 3", "l eau oeuvre n 3"), ("Ɲɛnɛ ŋaara", "nene naara"),
    ("Cafe\u0301 — café", "cafe cafe"), ("ﬁnancement", "financement"), ("100\u00a0%", "100"),
    ("مالي", "مالي"), ("", "")])
def test_a_text_is_folded(typed, found):
    assert fold(typed) == found
    assert fold(found) == found


@pytest.mark.parametrize(("asked", "text", "holds"), [
    ("ELEVEURS", "Les éleveurs du cercle", True), ("élèveurs", "ELEVEURS", True), ("oeuvre", "Mise en ŒUVRE", True),
    ("Œuvre", "oeuvre", True), ("nene", "Ɲɛnɛ", True), ("n° 3", "Pièce n\u00a03", True), ("l'eau", "L’Eau", True),
    ("strasse", "Straße", True), ("plan 2", "plan.2", True), ("plan 2", "plan2", False), ("a.c", "abc", False),
    ("(", "(ouverte)", True), ("(", "ouverte", False), ("مالي", "في مالي", True), ("eau", "l’île", False)])
def test_a_pattern_finds_the_texts_that_hold_the_words(asked, text, holds):
    assert bool(re.search(pattern(asked), text)) is holds


@pytest.mark.parametrize(("name", "themes"), [
    ("Piste Kléla-Kouoro Barrage", [Theme.ROADS]), ("Plaine rizicole de Kléla", [Theme.FARMING]),
    ("Espaces pastoraux de Dinguiraye", [Theme.HERDING]), ("Transformation du baobab", [Theme.TRADE]),
    ("Forage et adduction d’EAU", [Theme.WATER]), ("Pontage", []), ("", [])])
def test_the_words_of_a_project_tell_its_themes(name, themes):
    assert themes_of(name) == themes


def test_every_theme_has_words_and_they_are_folded():
    assert set(WORDS) == set(Theme)
    assert [word for known in WORDS.values() for word in known.split() if fold(word) != word.removesuffix("*")] == []
