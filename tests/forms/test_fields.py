"""Fields read what people really type, refuse in French what would falsify it, and give it back."""
import datetime

import pytest
from django import forms
from django.core.exceptions import ValidationError

from negotiation.forms.fields import AmountField, CleanText, DateField, YearField, clean_text

NBSP = "\u00a0"


@pytest.mark.parametrize(("typed", "kept"), [
    ("  Réunion  ", "Réunion"),
    ("ligne 1\r\nligne 2\x0bligne 3\u2028ligne 4", "ligne 1\nligne 2\nligne 3\nligne 4"),
    ("e\u0301tat", "état"),
    ("👍🏾 Ɲɛtaasira ka bɛn san ŋ", "👍🏾 Ɲɛtaasira ka bɛn san ŋ"),
    ("مجلس الجهة", "مجلس الجهة"),
    ("=1+1 <b>&amp;</b>\tfin", "=1+1 <b>&amp;</b>\tfin"),
])
def test_text_is_kept_as_written(typed, kept):
    assert clean_text(typed) == kept


@pytest.mark.parametrize("typed", ["\u200b", "\xa0\u202f", "\u2060\ufeff", "\u200d\u200c", "\u3164", "\u2800", "\u0301",
                                   " \n\u00ad\t", "\U000e0041", "\u200e\ufe0f"])
def test_a_text_that_shows_nothing_is_empty(typed):
    assert clean_text(typed) == ""
    with pytest.raises(ValidationError) as refusal:
        CleanText(rows=4).clean(typed)
    assert refusal.value.messages == ["Ce champ est obligatoire."]


@pytest.mark.parametrize("typed", ["👩🏾\u200d🌾", "می\u200cخواهم", "?", "·", "\U0001faf0", "a\u200bb"])
def test_whatever_shows_is_kept_with_its_joiners(typed):
    assert clean_text(typed) == typed


@pytest.mark.parametrize(("typed", "code"), [
    ("un\x00deux", "U+0000"), ("un\x07deux", "U+0007"), ("un\x9bdeux", "U+009B"), ("un\u202edeux", "U+202E")])
def test_an_invisible_character_is_named_with_its_place(typed, code):
    with pytest.raises(ValidationError) as refusal:
        clean_text(typed)
    assert refusal.value.messages == [
        f"Le texte contient un caractère invisible interdit ({code}), après « un » : retapez ce passage."]


def test_one_line_stays_one_line():
    assert CleanText().clean("un\ndeux") == "un deux"
    assert CleanText().clean("Union  \u202fEuropéenne n°\u00a01") == "Union Européenne n°\u00a01"
    assert CleanText(rows=4).clean("a  b\n\nc") == "a  b\n\nc"


@pytest.mark.parametrize(("rows", "way"), [(4, "Raccourcissez-le, ou joignez-le en pièce."),
                                           (None, "Raccourcissez-le.")])
def test_too_long_a_text_is_counted(rows, way):
    with pytest.raises(ValidationError) as refusal:
        CleanText(rows=rows).clean("é" * 20_001)
    assert refusal.value.messages == [
        f"Ce texte compte 20{NBSP}001 caractères ; la limite est de 20{NBSP}000. {way}"]


def test_a_text_at_the_limit_is_kept():
    assert len(CleanText(rows=4).clean("x" * 20_000)) == 20_000


def test_the_browser_does_not_cut_a_text_and_knows_its_direction():
    html = str(forms.Form.__class__("F", (forms.Form,), {"t": CleanText(max_length=5)})()["t"])
    assert "maxlength" not in html
    assert 'dir="auto"' in html


@pytest.mark.parametrize("typed", ["2018-08-31", "31/08/2018", "31-08-2018", "31.08.2018", "31 08 2018", "31082018",
                                   " 31/08/2018 "])
def test_a_date_is_read_as_people_write_it(typed):
    assert DateField().clean(typed) == datetime.date(2018, 8, 31)


@pytest.mark.parametrize("typed", ["31/02/2018", "hier", "2018", "12018-08-31", "31/08/2018\x00", "-1", "31022018",
                                   "3182018"])
def test_what_is_no_date_is_refused(typed):
    with pytest.raises(ValidationError) as refusal:
        DateField().clean(typed)
    assert refusal.value.messages == ["Cette date n’existe pas, ou ne se lit pas : écrivez-la comme 31/08/2018."]


@pytest.mark.parametrize("typed", ["1/5/26", "01.05.26", " 31-08-18 "])
def test_a_year_in_two_digits_is_told_so(typed):
    with pytest.raises(ValidationError) as refusal:
        DateField().clean(typed)
    assert refusal.value.messages == ["L’année s’écrit en quatre chiffres, comme 31/08/2018."]


@pytest.mark.parametrize("typed", ["31/02/2018", "2018-08-31", "31/08/20", ""])
def test_a_date_comes_back_as_it_was_typed_in_a_box_that_posts_every_text(typed):
    form = forms.Form.__class__("F", (forms.Form,), {"d": DateField(required=False)})({"d": typed})
    assert 'type="text"' in str(form["d"])
    assert form["d"].value() == typed


@pytest.mark.parametrize(("typed", "year"), [("2027", 2027), (" 2027 ", 2027)])
def test_a_year_is_read(typed, year):
    assert YearField().clean(typed) == year


@pytest.mark.parametrize("typed", ["20e", "deux mille", "2027,5", "9" * 5000])
def test_what_is_no_year_is_refused_in_words(typed):
    with pytest.raises(ValidationError) as refusal:
        YearField().clean(typed)
    assert refusal.value.messages == ["Écrivez l’année en quatre chiffres, par exemple 2027."]


@pytest.mark.parametrize(("typed", "amount"), [("2 173 126 400 FCFA", 2_173_126_400), ("", None), ("1", 1)])
def test_an_amount_is_whole_francs(typed, amount):
    assert AmountField(required=False).clean(typed) == amount


def test_a_required_amount_is_asked_for():
    with pytest.raises(ValidationError) as refusal:
        AmountField().clean("")
    assert refusal.value.messages == ["Ce champ est obligatoire."]


@pytest.mark.parametrize("typed", ["0", "0 FCFA", "000"])
def test_zero_is_no_amount(typed):
    with pytest.raises(ValidationError) as refusal:
        AmountField(required=False).clean(typed)
    assert refusal.value.messages == [
        "0 franc n’est pas un montant : laissez la case vide tant qu’il n’est pas connu."]
