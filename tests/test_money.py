"""Whole francs: what is read, what is refused in words, what is shown."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation import money

AMOUNTS = st.integers(0, money.MAX_AMOUNT)


@pytest.mark.parametrize(("typed", "amount"), [
    ("2173126400", 2_173_126_400),
    ("2 173 126 400", 2_173_126_400),
    ("2\u00a0173\u00a0126\u00a0400\u00a0FCFA", 2_173_126_400),
    ("2\u202f173\u202f126\u202f400 F CFA", 2_173_126_400),
    ("2'173'126'400 F.CFA", 2_173_126_400),
    ("68 687 900 CFA", 68_687_900),
    ("2’173’126’400 xof", 2_173_126_400),
    ("\u200e400\u2009000\u2009000\ufeff", 400_000_000),
    ("  400 000 000 F\n", 400_000_000),
    ("0", 0),
    ("000", 0),
    ("0" * 6000 + "7", 7),
    ("999999999999999", money.MAX_AMOUNT),
    ("", None),
    (" \u00a0\t\n", None),
    ("-", None),
    ("—", None),
    ("-\u00a0\u00a0 F\u00a0CFA", None),
    ("– FCFA", None),
])
def test_parse_reads(typed, amount):
    assert money.parse(typed) == amount


@pytest.mark.parametrize(("typed", "sentence"), [
    ("12,5", "« 12,5 » contient un point ou une virgule : écrivez le montant en francs entiers, par exemple "
             "400 000 000."),
    (".5", "« .5 » contient un point ou une virgule : écrivez le montant en francs entiers, par exemple 400 000 000."),
    ("2.173.126.400", "« 2.173.126.400 » contient un point ou une virgule : écrivez le montant en francs entiers, par "
                      "exemple 400 000 000."),
    ("-400", "« -400 » est négatif : un montant est un nombre positif de francs."),
    ("−400 FCFA", "« −400 FCFA » est négatif : un montant est un nombre positif de francs."),
    ("-5 F CFA", "« -5 F CFA » est négatif : un montant est un nombre positif de francs."),
    ("(400)", "« (400) » est négatif : un montant est un nombre positif de francs."),
    ("1 000 000 000 000 000", "Ce montant dépasse 15 chiffres : vérifiez qu’il est bien en francs."),
    ("400 millions", "« 400 millions » n’est pas un montant : écrivez-le en chiffres, par exemple 400 000 000."),
    ("4e8", "« 4e8 » n’est pas un montant : écrivez-le en chiffres, par exemple 400 000 000."),
    ("٤٠٠", "« ٤٠٠ » n’est pas un montant : écrivez-le en chiffres, par exemple 400 000 000."),
    ("4²", "« 4² » n’est pas un montant : écrivez-le en chiffres, par exemple 400 000 000."),
    ("FCFA", "« FCFA » n’est pas un montant : écrivez-le en chiffres, par exemple 400 000 000."),
    ("400\t500", "« 400 500 » contient plusieurs montants : mettez-en un seul par case."),
    ("a\x00\ud800b", "« a b » n’est pas un montant : écrivez-le en chiffres, par exemple 400 000 000."),
    ("1 5000", "« 1 5000 » : ces espaces ne séparent pas les milliers. Si c’est bien ce montant, écrivez 15\u00a0000."),
    ("1500 000", "« 1500 000 » : ces espaces ne séparent pas les milliers. Si c’est bien ce montant, écrivez "
                 "1\u00a0500\u00a0000."),
    ("1 500 00 FCFA", "« 1 500 00 FCFA » : ces espaces ne séparent pas les milliers. Si c’est bien ce montant, écrivez "
                      "150\u00a0000."),
    ("x" * 100, f"« {'x' * 40}… » n’est pas un montant : écrivez-le en chiffres, par exemple 400 000 000."),
    (400.0, "« 400.0 » contient un point ou une virgule : écrivez le montant en francs entiers, par exemple "
            "400 000 000."),
])
def test_parse_refuses_in_words(typed, sentence):
    with pytest.raises(money.InvalidAmount) as refusal:
        money.parse(typed)
    assert str(refusal.value) == sentence


def test_amounts_are_shown_with_non_breaking_spaces():
    assert money.format(2_173_126_400) == "2\u00a0173\u00a0126\u00a0400\u00a0FCFA"
    assert money.digits(999) == "999"
    assert money.percent(917) == "91,7\u00a0%"


def test_a_float_is_never_shown():
    with pytest.raises(ValueError, match="format code"):
        money.digits(400.0)


@given(AMOUNTS)
def test_what_is_shown_is_read_back(amount):
    assert money.parse(money.format(amount)) == amount
    assert money.parse(money.digits(amount)) == amount


@given(st.text() | st.text(alphabet="0123456789 .,-()FCA\u00a0\u202f\t\n'", max_size=30))
def test_any_text_is_an_amount_nothing_or_a_sentence(text):
    try:
        found = money.parse(text)
    except money.InvalidAmount as refusal:
        sentence = str(refusal)
        assert sentence.endswith(".")
        assert sentence.encode()
        assert "\n" not in sentence
    else:
        assert found is None or (type(found) is int and 0 <= found <= money.MAX_AMOUNT)


@given(st.lists(AMOUNTS, max_size=12))
def test_tenths_add_up_and_stay_next_to_the_exact_share(parts):
    found = money.tenths(parts)
    assert sum(found) == (1000 if sum(parts) else 0)
    assert all(abs(tenth * sum(parts) - part * 1000) < sum(parts)
               for tenth, part in zip(found, parts, strict=True) if sum(parts))


@given(AMOUNTS, st.lists(AMOUNTS, max_size=12))
def test_what_is_shared_is_whole_and_next_to_the_exact_share(whole, parts):
    found, total = money.shared(whole, parts), sum(parts)
    assert sum(found) == (whole if total else 0)
    assert all(abs(one * total - part * whole) < total for one, part in zip(found, parts, strict=True) if total)


def test_what_cannot_be_divided_goes_to_the_largest_remainders_then_to_the_first():
    assert money.shared(100, [1, 1, 1]) == [34, 33, 33]
    assert money.shared(10, [5, 1, 5]) == [5, 1, 4]
    assert money.shared(2, [1] * 5) == [1, 1, 0, 0, 0]


def test_tenths_give_the_remainder_to_the_largest():
    assert money.tenths([1, 1, 1]) == [334, 333, 333]
    assert money.tenths([2_000_000_000, 181_715_163]) == [917, 83]
    assert money.tenths([0, 0]) == [0, 0]
    assert money.tenths([]) == []


@pytest.mark.parametrize(("amount", "words"), [
    (0, "zéro franc CFA"),
    (1, "un franc CFA"),
    (2, "deux francs CFA"),
    (21, "vingt et un francs CFA"),
    (70, "soixante-dix francs CFA"),
    (71, "soixante et onze francs CFA"),
    (80, "quatre-vingts francs CFA"),
    (81, "quatre-vingt-un francs CFA"),
    (91, "quatre-vingt-onze francs CFA"),
    (99, "quatre-vingt-dix-neuf francs CFA"),
    (100, "cent francs CFA"),
    (101, "cent un francs CFA"),
    (180, "cent quatre-vingts francs CFA"),
    (200, "deux cents francs CFA"),
    (201, "deux cent un francs CFA"),
    (1_000, "mille francs CFA"),
    (1_100, "mille cent francs CFA"),
    (2_000, "deux mille francs CFA"),
    (80_000, "quatre-vingt mille francs CFA"),
    (200_000, "deux cent mille francs CFA"),
    (200_200, "deux cent mille deux cents francs CFA"),
    (1_000_000, "un million de francs CFA"),
    (1_000_001, "un million un francs CFA"),
    (1_001_000, "un million mille francs CFA"),
    (2_000_000, "deux millions de francs CFA"),
    (21_000_000, "vingt et un millions de francs CFA"),
    (80_000_000, "quatre-vingts millions de francs CFA"),
    (200_000_000, "deux cents millions de francs CFA"),
    (280_000_000, "deux cent quatre-vingts millions de francs CFA"),
    (280_080_080, "deux cent quatre-vingts millions quatre-vingt mille quatre-vingts francs CFA"),
    (1_000_000_000, "un milliard de francs CFA"),
    (1_400_000_000, "un milliard quatre cents millions de francs CFA"),
    (2_173_126_400, "deux milliards cent soixante-treize millions cent vingt-six mille quatre cents francs CFA"),
    (80_000_000_000, "quatre-vingts milliards de francs CFA"),
    (10**12, "mille milliards de francs CFA"),
    (200_000 * 10**9, "deux cent mille milliards de francs CFA"),
    (money.MAX_AMOUNT, "neuf cent quatre-vingt-dix-neuf mille neuf cent quatre-vingt-dix-neuf milliards neuf cent "
                       "quatre-vingt-dix-neuf millions neuf cent quatre-vingt-dix-neuf mille neuf cent "
                       "quatre-vingt-dix-neuf francs CFA"),
])
def test_amounts_in_words(amount, words):
    assert money.in_words(amount) == words


UNITS = {word: value for value, word in enumerate(
    ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize",
     "quatorze", "quinze", "seize"])} | {
    "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}


def read(words):
    """A small reader of French numbers, written from the grammar and not from the library."""
    bare, of, end = words.partition(" franc")
    assert of
    assert end in (" CFA", "s CFA")
    bare = bare.removesuffix(" de")
    above = 0
    for scale, value in (("milliard", 10**9), ("million", 10**6)):
        before, found, after = bare.partition(f" {scale}")
        if found:
            count = thousands(before)
            assert after.startswith("s") == (count > 1)
            above, bare = above + count * value, after.removeprefix("s").strip()
    return above + (thousands(bare) if bare else 0)


def thousands(words):
    assert "milles" not in words
    before, found, after = words.partition("mille")
    if not found:
        return hundreds(words)
    return (hundreds(before.strip(), before_mille=True) or 1) * 1000 + hundreds(after.strip())


def hundreds(words, *, before_mille=False):
    """Below a thousand; « cents » and « vingts » take an s only at the end, and never before « mille »."""
    parts = [part for part in words.replace("-", " ").split() if part != "et"]
    total = 0
    for place, part in enumerate(parts):
        last = place == len(parts) - 1 and not before_mille
        assert last or part not in ("cents", "vingts")
        if part in ("cent", "cents"):
            total = max(total, 1) * 100
            assert (part == "cents") == (last and total > 100)
        elif part in ("vingt", "vingts") and total % 100 == 4 and parts[place - 1] == "quatre":
            total += 76
            assert (part == "vingts") == last
        else:
            total += UNITS[part]
    return total


@given(AMOUNTS | st.integers(0, 3_000) | st.builds(lambda n, e: n * 10**e, st.integers(1, 999), st.integers(0, 12)))
def test_words_read_back_as_the_amount(amount):
    words = money.in_words(amount)
    assert read(words) == amount
    assert (" de franc" in words) == bool(amount and amount % 10**6 == 0)
