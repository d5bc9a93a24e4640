"""No part of a frozen livret is left out of a comparison: each of its values is changed alone, and each is told."""
import copy
import types
import typing
from dataclasses import fields, is_dataclass
from itertools import count

import pytest

from negotiation.documents.booklet.comparison import AROUND, END, LONGEST, PLACES, compare
from negotiation.documents.booklet.content import Content
from negotiation.documents.booklet.thawing import hints_of

N, MARK = "\u00a0", "changé"
# Drawn, numbered or summed from what is told: their chapter is named. A fingerprint is told by its first characters.
DERIVED = {"chart", "drawing", "timeline", "anchor", "blanks", "spelt", "sentence", "without_amount", "shares",
           "silent", "letters", "without", "caption", "head", "total", "png"}

ELSEWHERE = {"body.identity.gap", "body.calendar.as_of", "body.calendar.lines.0.title", "body.roles.phases.0.value",
             "body.phases.0.steps.0.others.0.name.status", "body.phases.0.steps.0.others.0.name.sources.0",
             "body.sheet.title", "body.sheet.financiers.0.name", "body.sheet.financiers.1.name",
             "body.sheet.financiers.1.label", "body.sheet.projects.1"}


def filled(hint, numbers):
    """A value of this type where nothing is empty and every text is another one."""
    options = [one for one in typing.get_args(hint) if one is not types.NoneType]
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return filled(options[0], numbers)
    if typing.get_origin(hint) is tuple:
        return [filled(one, numbers) for one in options if one is not Ellipsis]
    if is_dataclass(hint):
        return {field.name: filled(hints_of(hint)[field.name], numbers) for field in fields(hint)}
    number = next(numbers)
    return {str: f"mot {number}", int: number, bool: False}[hint]


def leaves(value, path=()):
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(one, (*path, key))
    else:
        yield path


def changed(content, path):
    """A copy with another value there."""
    other = copy.deepcopy(content)
    holder = other
    for key in path[:-1]:
        holder = holder[key]
    old = holder[path[-1]]
    holder[path[-1]] = f"{MARK} {old}" if isinstance(old, str) else not old if old is False else old + 1
    return other


def sentences(before, after):
    return [sentence for section in compare(before, after) for sentence in section.sentences]


CONTENT = filled(Content, count(1000))
CONTENT["body"]["phases"][0]["steps"][0]["others"][0]["code"] = ""
SHEET = CONTENT["body"]["sheet"]
SHEET["projects"].append("sans montant")
SHEET["financiers"].append({"label": "sans apport", "name": "sans apport", "declared": False})
SHEET["cells"] = [[0, 0, 2027, 400]]
LEAVES = list(leaves(CONTENT))


@pytest.mark.parametrize("path", LEAVES, ids=lambda path: ".".join(map(str, path)))
def test_each_value_changed_alone_is_told(path):
    before, after = CONTENT, changed(CONTENT, path)
    assert compare(before, copy.deepcopy(before)) == []
    for old, new in ((before, after), (after, before)):
        assert sentences(old, new)


def test_each_text_is_told_in_its_own_words():
    texts = [path for path in LEAVES if not is_derived(path) and path[0] != "slug"
             and isinstance(value_at(path), str)]
    silent = [path for path in texts if MARK not in " ".join(sentences(CONTENT, changed(CONTENT, path)))]
    assert [".".join(map(str, path)) for path in silent] == []


def is_derived(path):
    """Links from a step to what is told elsewhere, too; the tables that print the sheet; what the grid tells at its own
    place; and what a piece that the grid does not ask for never has."""
    links = path[:2] == ("body", "phases") and {"events", "difficulties"} & set(path)
    printed = path[:3] == ("body", "plan", "tables")
    return links or printed or set(path[1:]) & DERIVED or ".".join(map(str, path)) in ELSEWHERE


def value_at(path):
    value = CONTENT
    for key in path:
        value = value[key]
    return value


def with_answer(text):
    content = copy.deepcopy(CONTENT)
    content["body"]["phases"][0]["steps"][0]["answers"][0]["text"] = text
    return content


def test_a_change_far_in_a_long_text_is_shown():
    old, new = "a" * 3000 + "ici" + "b" * 3000, "a" * 3000 + "là" + "b" * 3000
    sentence, = sentences(with_answer(old), with_answer(new))
    before, after = sentence.split(" : ", 1)[1].split(" → ")
    for shown, word in ((before, "ici"), (after, "là")):
        assert shown == f"« …{'a' * AROUND}{word}{'b' * AROUND}… »"
    sentence, = sentences(with_answer(old), with_answer(f"{old} fin"))
    assert sentence.split(" → ")[1].endswith("b fin »")


def test_each_of_two_distant_changes_in_a_long_text_is_shown():
    words = [f"mot{place}" for place in range(300)]
    old = " ".join(words)
    words[20], words[250] = "pont", "route"
    sentence, = sentences(with_answer(old), with_answer(" ".join(words)))
    first, second = sentence.split(" : ", 1)[1].split(" ; puis ")
    for told, before, after in ((first, "mot20", "pont"), (second, "mot250", "route")):
        one, other = told.split(" → ")
        assert f" {before} " in one
        assert one.replace(f" {before} ", f" {after} ") == other
    changed = " ".join(f"{word} bis" if place % 40 == 0 else word for place, word in enumerate(words))
    sentence, = sentences(with_answer(old), with_answer(changed))
    assert sentence.count(" ; puis ") == PLACES - 1
    assert sentence.endswith("… » (d’autres mots changent plus loin)")


def test_a_long_text_that_comes_or_goes_is_told_by_its_two_ends():
    """Two that begin alike are told apart, and the reader knows that words are missing."""
    text = "a" * 1200 + "b" * 300
    part = f"« {'a' * (LONGEST - END)} […] {'b' * END} » [texte de 1{N}500 caractères, montré en partie]"
    for before, after, said in (("", text, f"ajout ({part})"), (text, "", f"suppression ({part})")):
        sentence, = sentences(with_answer(before), with_answer(after))
        assert sentence.split(" : ", 1)[1] == said
    before, after = copy.deepcopy(CONTENT), copy.deepcopy(CONTENT)
    after["body"]["obligations"][0]["indicator"] = ""
    before["body"]["obligations"][0]["indicator"] = text
    sentence, = sentences(before, after)
    assert sentence.endswith(f", indicateur : suppression ({part})")
    before["body"]["obligations"][0]["what"], after["body"]["obligations"] = text, []
    gone, = sentences(before, after)
    assert f"« {'a' * 150}… » : suppression (texte entier : {part} ; " in gone
    whole = "a" * LONGEST
    assert sentences(with_answer(""), with_answer(whole))[0].endswith(f"ajout (« {whole} »)")


def test_a_date_of_a_step_that_goes_does_not_read_as_the_step():
    after = copy.deepcopy(CONTENT)
    line = after["body"]["calendar"]["lines"][0]
    gone = line["real"]
    line["real"] = ""
    name = f"Étape {line['code']}, réel"
    assert sentences(CONTENT, after) == [f"{name} : suppression (« {gone} »)"]
    assert sentences(after, CONTENT) == [f"{name} : ajout (« {gone} »)"]
    after["body"]["calendar"]["lines"] = []
    assert f"{name} : suppression (« {gone} »)" in sentences(CONTENT, after)


def test_a_party_keeps_the_guillemets_of_its_name():
    before = copy.deepcopy(CONTENT)
    before["body"]["obligations"][0] |= {"party": "Association « Benkadi »", "what": "Publier le bilan annuel"}
    after = copy.deepcopy(before)
    after["body"]["obligations"][0]["what"] = "Publier le bilan annuel et le budget"
    assert sentences(before, after) == ["Autre rédaction : Association « Benkadi » : « Publier le bilan annuel » → "
                                        "« Publier le bilan annuel et le budget »"]
    after["body"]["obligations"] = []
    gone, = sentences(before, after)
    assert gone.startswith("Association « Benkadi » : « Publier le bilan annuel » : suppression (")
    assert "à la charge de" not in gone


def test_a_year_beside_a_quoted_date_is_quoted_too():
    sentence, = sentences(with_answer("31 décembre 2027"), with_answer("2028"))
    assert sentence.endswith(" : « 31 décembre 2027 » → « 2028 »")
    sentence, = sentences(with_answer("2027"), with_answer("2028"))
    assert sentence.endswith(" : 2027 → 2028")


def test_a_change_far_in_the_words_of_a_commitment_is_shown():
    before, after = copy.deepcopy(CONTENT), copy.deepcopy(CONTENT)
    for content, word in ((before, "ici"), (after, "là")):
        content["body"]["obligations"][0]["what"] = "a" * 3000 + word
    sentence, = sentences(before, after)
    assert f"« {'a' * 150}… », texte entier : « …{'a' * AROUND}ici » → « …{'a' * AROUND}là »" in sentence


def test_a_change_of_spaces_only_is_told_as_such():
    sentence, = sentences(with_answer("Oui, à Kayes"), with_answer("Oui,\nà Kayes"))
    assert sentence.endswith("« Oui, à Kayes » (seuls changent des espaces ou des signes qui ne se voient pas)")


def test_a_quotation_in_a_quotation_has_its_own_guillemets():
    sentence, = sentences(with_answer("rien"), with_answer("Le « grand » pont"))
    assert sentence.endswith("« rien » → « Le “grand” pont »")


def test_a_content_of_before_knows_no_rule_nor_position():
    """An older edition lacks what was added since; it reads as empty."""
    older = copy.deepcopy(CONTENT)
    del older["body"]["positions"], older["body"]["plan"]["rules"], older["body"]["cover"]["emblems"]
    assert {section.title for section in compare(older, CONTENT)} == {
        "Règles de financement", "Couverture", "Positions de négociation"}
    assert all(": ajout" in sentence for sentence in sentences(older, CONTENT))


def test_two_contents_that_differ_outside_their_chapters_are_not_the_same():
    assert sentences(CONTENT, CONTENT | {"changed_at": 1}) == sentences(CONTENT, CONTENT | {"mark": "x"}) == [
        "Aucun mot des chapitres ne change, mais les deux contenus figés ne sont pas identiques à la lettre : date du "
        "dernier changement du dossier, ou façon de l’enregistrer."]


def test_what_is_drawn_from_the_rest_is_told_by_its_chapter():
    assert sentences(CONTENT, changed(CONTENT, ("body", "plan", "sentence"))) == [
        "D’autres mots du chapitre « Projets et financement » diffèrent."]
