"""What changed between two submissions: nothing lost, nothing invented, and no text too long to compare."""
import itertools
from difflib import SequenceMatcher

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.elements import Element
from negotiation.queries import comparisons
from negotiation.queries.comparisons import Change, FieldChange, Piece, compare, field_change, pieces

WORDS = st.lists(st.sampled_from(["un", "deux", "mot.", "\n", "  ", "Kayes,", "é", "👩🏾‍🌾", "!", "a b"]), max_size=40)
TEXTS = st.one_of(st.text(max_size=200), WORDS.map(" ".join), WORDS.map("".join))
LONG = 20_000


def joined(found, *kinds):
    return "".join(piece.text for piece in found if piece.kind in kinds)


@settings(max_examples=500, deadline=None)
@given(TEXTS, TEXTS)
def test_the_pieces_tell_both_texts_whole(before, after):
    found = pieces(before, after)
    assert (joined(found, "same", "removed"), joined(found, "same", "added")) == (before, after)
    assert all(piece.text for piece in found)
    assert any(piece.kind != "same" for piece in found) == (before != after)


@settings(max_examples=20, deadline=None)
@given(TEXTS, TEXTS, st.integers(1, 300))
def test_the_pieces_of_long_texts_too(before, after, times):
    before, after = (before * times)[:LONG], (after * times)[:LONG]
    found = pieces(before, after)
    assert (joined(found, "same", "removed"), joined(found, "same", "added")) == (before, after)


@pytest.mark.parametrize(("kept", "line", "following"), [
    ("", "Les éleveurs demandent un couloir.\n", "Les femmes demandent un puits."),
    ("Le maire ouvre.\n", "Les éleveurs demandent un couloir.\n", "Les femmes demandent un puits."),
    ("Le maire ouvre. ", "Les éleveurs demandent un couloir. ", "Les femmes demandent un puits."),
    ("- un\n", "- un bis\n", "- trois\n- quatre"),
    ("- un\n\n", "- un bis\n", "- trois\n- quatre")])
def test_a_line_that_begins_like_the_next_is_marked_from_its_beginning(kept, line, following):
    both = {"added": pieces(kept + following, kept + line + following),
            "removed": pieces(kept + line + following, kept + following)}
    assert both == {kind: [*([Piece("same", kept)] if kept else []), Piece(kind, line), Piece("same", following)]
                    for kind in both}


def test_a_word_changed_in_a_long_text_is_marked_alone():
    words = [f"mot{number} " for number in range(2_000)]
    found = pieces("".join(words), "".join([*words[:1_000], "autre ", *words[1_001:]]))
    assert found == [Piece("same", "".join(words[:1_000])), Piece("removed", "mot1000 "), Piece("added", "autre "),
                     Piece("same", "".join(words[1_001:]))]


def test_words_are_marked_not_letters():
    assert pieces("Le pont de Kayes sera refait.", "Le pont de Kita sera refait.") == [
        Piece("same", "Le pont de "), Piece("removed", "Kayes "), Piece("added", "Kita "),
        Piece("same", "sera refait.")]
    assert pieces("Crédits tardifs", "Crédits tardifs de deux mois") == [
        Piece("same", "Crédits tardifs"), Piece("added", " de deux mois")]
    assert pieces("Un pont et une route", "Un pont") == [Piece("same", "Un pont"), Piece("removed", " et une route")]
    assert pieces("École de Kolokani", "École de Kolokani\nCSCOM de Dioïla") == [
        Piece("same", "École de Kolokani"), Piece("added", "\nCSCOM de Dioïla")]
    assert pieces("- route\n- école", "- route") == [Piece("same", "- route"), Piece("removed", "\n- école")]
    assert pieces("un deux\n", "un deux trois\n") == [
        Piece("same", "un deux"), Piece("removed", "\n"), Piece("added", " trois\n")]
    assert pieces("", "Oui.") == [Piece("added", "Oui.")]
    assert pieces("Oui.", "") == [Piece("removed", "Oui.")]
    assert pieces("Oui.", "Oui.") == [Piece("same", "Oui.")]
    assert pieces("", "") == []


WORST = {
    "the same word": ("mot " * 5_000, "mot " * 4_999),
    "the same word, another at each end": ("début " + "mot " * 4_990, "mot " * 4_990 + "fin"),
    "two words in turn": ("oui non " * 2_500, "non oui " * 2_500),
    "letters alone": ("a " * 10_000, "b " + "a " * 9_999),
    "the same sentence": ("Oui. " * 4_000, "Non. " + "Oui. " * 3_999),
    "points": (". " * 10_000, "! " + ". " * 9_999),
    "points and letters": ("a." * 10_000, "b." + "a." * 9_999),
    "no space at all": ("a" * LONG, "a" * (LONG - 1)),
    "spaces": (" " * LONG, " " * (LONG - 1) + "x"),
    "line ends": ("a\n" * 10_000, "a\n" * 9_999 + "b\n"),
    "every word another": (" ".join(map(str, range(3_500))), " ".join(map(str, range(3_500, 7_000)))),
    "reversed": (" ".join(map(str, range(3_500))), " ".join(map(str, range(3_500, 0, -1)))),
    "one word in two": [" ".join(f"de {side}{n}" for n in range(600)) for side in "ab"],
    "one word in two, at the limit": [" ".join(f"de {side}{n}" for n in range(150)) for side in "ab"],
    "every other word kept": [" ".join(f"k{n} {side}{n}" for n in range(1_200)) for side in "ab"],
    "just under the limit": ("mot " * 1_000, "mot " * 999 + "fin"),
}


@pytest.mark.parametrize("case", WORST)
def test_the_longest_texts_compare_in_bounded_work(case, monkeypatch):
    """Work: what the pairing visits, each unit of one text and its places in the other, for each run it looks for."""
    visited = []

    class Counting(SequenceMatcher):
        def find_longest_match(self, alo=0, ahi=None, blo=0, bhi=None):
            visited.append(sum(1 + len(self.b2j.get(unit, ())) for unit in self.a[alo:ahi]))
            return super().find_longest_match(alo, ahi, blo, bhi)
    monkeypatch.setattr(comparisons, "SequenceMatcher", Counting)
    before, after = WORST[case]
    found = pieces(before, after)
    assert (joined(found, "same", "removed"), joined(found, "same", "added")) == (before, after)
    assert sum(visited) <= comparisons.MOST_WORK


@pytest.mark.parametrize(("before", "after", "expected"), [
    (1_000_000, 1_500_000, ("1 000 000", "1 500 000", "+ 500 000")),
    (1_500_000, 1_000_000, ("1 500 000", "1 000 000", "− 500 000")),
    ("", 500, ("", "500", "+ 500")), (500, "", ("500", "", "− 500")),
    (0, 0, ("0", "0", "")), (7, 7, ("7", "7", "")), ("", 0, ("", "0", "")),
])
def test_amounts_are_subtracted(before, after, expected):
    found = field_change("2028", before, after)
    plain = tuple(value.replace("\u202f", " ").replace("\xa0", " ").replace(" FCFA", "")
                  for value in (found.before, found.after, found.difference))
    assert (plain, found.pieces, found.is_changed) == (expected, (), bool(expected[2]))


@given(st.integers(0, 10**15), st.integers(0, 10**15))
def test_a_difference_is_shown_when_there_is_one(before, after):
    found = field_change("2028", before, after)
    digits = "".join(itertools.filterfalse(lambda sign: not sign.isdigit(), found.difference))
    assert (digits, found.difference[:1]) == (("", "") if before == after else (
        str(abs(after - before)), "+" if after > before else "−"))


def test_elements_are_added_removed_changed_or_the_same():
    def element(key, text):
        return Element(key, key.upper(), (("Réponse", text),) if text else ())
    old = [element("step", ""), element("answer:1", "Un."), element("answer:2", "Deux."), element("event:3", "Trois.")]
    new = [element("step", ""), element("answer:2", "Deux."), element("answer:1", "Un !"), element("event:4", "")]

    def text(*found):
        return (FieldChange("Réponse", found),)
    assert compare(old, new) == [
        Change("step", "STEP", "same", ()),
        Change("answer:2", "ANSWER:2", "same", text(Piece("same", "Deux."))),
        Change("answer:1", "ANSWER:1", "changed", text(
            Piece("removed", "Un."), Piece("added", "Un !"))),
        Change("event:4", "EVENT:4", "added", ()),
        Change("event:3", "EVENT:3", "removed", text(Piece("removed", "Trois."))),
    ]


@given(st.dictionaries(st.sampled_from("abcdef"), TEXTS), st.dictionaries(st.sampled_from("abcdef"), TEXTS))
def test_every_element_is_told_once(old, new):
    def elements(values):
        return [Element(key, key, (("Texte", text),)) for key, text in values.items()]
    found = compare(elements(old), elements(new))
    assert {change.key: change.kind for change in found} == {
        key: "added" if key not in old else "removed" if key not in new else
        "same" if old[key] == new[key] else "changed" for key in {**old, **new}}
    assert len(found) == len({**old, **new})
