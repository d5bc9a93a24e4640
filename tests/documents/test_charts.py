"""The pictures of the money: what is drawn, and the words that say the same."""
import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.documents import charts
from negotiation.documents.booklet.financing import Financier
from negotiation.documents.placing import crosses, overlap

CELLS = st.lists(st.tuples(st.sampled_from(["État", "Région", "Communes", "PTF", "Diaspora", "ONG", "Banque"]),
                           st.sampled_from([0, *range(2027, 2032)]), st.integers(1, 10**14)), max_size=40)


@given(CELLS)
def test_what_is_brought_adds_up_by_financier_by_year_and_in_shares(cells):
    years, parts = charts.brought(cells)
    total = sum(amount for *_, amount in cells)
    assert sum(part.total for part in parts) == total == sum(sum(part.amounts) for part in parts)
    assert [sum(part.amounts[place] for part in parts) for place in range(len(years))] == [
        sum(amount for _, year, amount in cells if year == one) for one in years]
    assert sum(part.tenths for part in parts) == (1000 if cells else 0)


@given(CELLS)
def test_nothing_is_drawn_outside_the_picture(cells):
    for drawing in filter(None, (charts.by_year(cells), charts.shares(cells))):
        assert all(min(one.x, one.y) >= 0 and one.x + one.width <= 1000 and one.y + one.height <= drawing.height
                   for one in drawing.rects)
        assert all(0 <= one.x <= 1000 and 0 < one.y <= drawing.height for one in drawing.labels)


def test_two_financiers_called_the_same_are_not_added_up():
    cells = [(Financier(0, "ADR"), 2027, 300), (Financier(1, "ADR"), 2027, 100), (Financier(0, "ADR"), 2028, 100)]
    assert charts.brought(cells)[1] == [charts.Brought("ADR", 400, 800, (300, 100)),
                                        charts.Brought("ADR", 100, 200, (100, 0))]


def test_an_empty_plan_has_no_picture():
    assert (charts.by_year([]), charts.shares([])) == (None, None)


def test_the_gap_is_told_in_words_and_its_last_round_is_marked():
    rounds = [charts.Round(date(2026, 3, 12), "demande", "Région", 500, True),
              charts.Round(date(2026, 4, 2), "proposition", "État", 300, False),
              charts.Round(date(2026, 5, 4), "compromis", "Région", 420, True, agreed=True)]
    drawing = charts.gap("Piste de Kléla", rounds)
    assert drawing.words == ("Piste de Kléla. 12\u00a0mars 2026, demande (Région) : 500\u00a0FCFA ; "
                             "2\u00a0avril 2026, proposition (État) : 300\u00a0FCFA ; "
                             "4\u00a0mai 2026, compromis (Région) : 420\u00a0FCFA")
    assert [path.dash for path in drawing.paths if path.width] == ["", "8 5", "", "", ""]
    assert charts.gap("Piste", rounds[:1]) is None


def test_a_long_negotiation_shows_its_last_rounds():
    rounds = [charts.Round(date(2026, 1, day), "demande", "Région", 10**12 + day, True) for day in range(1, 21)]
    drawing = charts.gap("Piste", rounds)
    assert [label.text for label in drawing.labels if "/" in label.text] == [
        f"{day:02}/01/2026" for day in range(9, 21)]
    assert drawing.title == "Piste : montants des 12 dernières positions, en milliards de FCFA"


ROUNDS = st.lists(st.tuples(st.integers(1, 10**13), st.sampled_from(["Région", "État", "Banque"])), min_size=2,
                  max_size=12)


def drawn(told):
    return charts.gap("Piste", [charts.Round(date(2026, 1, day), "demande", party, total, party == "Région")
                                for day, (total, party) in enumerate(told, 1)])


@given(ROUNDS)
def test_the_rounds_and_their_labels_stay_in_the_picture_and_apart(told):
    drawing = drawn(told)
    assert all(0 <= one.x <= 1000 and 0 < one.y <= drawing.height for one in drawing.labels)
    totals = [one for one in drawing.labels if one.anchor == "middle" and one.size == charts.SIZE]
    assert len(totals) == len(told)
    assert len({(one.x, one.y) for one in totals}) == len(totals)


@pytest.mark.parametrize("told", [
    [(500, "Région"), (300, "État"), (450, "Région"), (380, "État"), (420, "Région")],
    [(300, "État"), (500, "Région"), (310, "État"), (490, "Région"), (320, "État"), (480, "Région")],
    [(100, "Région"), (200, "Région"), (300, "Région"), (900, "Région"), (50, "Région")],
    [(2_200_000_000, "Région"), (1_000_000_000, "État"), (1_900_000_000, "Région"), (1_950_000_000, "État"),
     (1_700_000_000, "Banque"), (1_930_000_000, "Région"), (1_940_000_000, "État"), (1_800_000_000, "Banque")]])
def test_no_ground_of_a_label_cuts_a_line(told):
    """Each total finds a place that no line crosses."""
    assert [path for path in drawn(told).paths if not path.width] == []


@pytest.mark.parametrize(("number", "rows"), [(3, 1), (12, 2)])
def test_words_too_wide_for_their_column_stand_on_two_rows(number, rows):
    drawing = charts.gap("Piste", [charts.Round(date(2026, 1, day), "contre-proposition", "Région", day, True)
                                   for day in range(1, number + 1)])
    assert len({one.y for one in drawing.labels if one.text == "contre-proposition"}) == rows
    assert max(one.y for one in drawing.labels) < drawing.height


def test_each_round_names_its_author_and_each_party_has_its_own_line():
    """Two proposals are told apart without their colours."""
    told = [("Région", 500, True), ("État", 300, False), ("PTF", 310, False), ("État", 320, False), ("PTF", 330, False)]
    drawing = charts.gap("Piste", [charts.Round(date(2026, 1, day), "demande" if ours else "proposition", party, total,
                                                ours) for day, (party, total, ours) in enumerate(told, 1)])
    assert [(kind.text, author.text) for kind, author in zip(
        *([one for one in drawing.labels if one.size == 13 and one.y == y] for y in (276, 292)), strict=True)] == [
        ("demande", "Région"), ("proposition", "État"), ("proposition", "PTF"), ("proposition", "État"),
        ("proposition", "PTF")]
    assert [path.dash for path in drawing.paths if path.dash] == ["8 5", "2 5"]


@pytest.mark.parametrize("number", range(2, 13))
@pytest.mark.parametrize("party", ["PTF", "Banque ouest-africaine de développement et ses partenaires associés"])
@pytest.mark.parametrize("kind", ["proposition", "contre-proposition"])
def test_kinds_and_authors_stay_in_the_picture_and_apart(number, party, kind):
    drawing = charts.gap("Piste", [charts.Round(date(2026, 1, day), kind, party, day, False)
                                   for day in range(1, number + 1)])
    told = [one for one in drawing.labels if one.text == kind or one.text[:3] == party[:3]]
    assert len(told) == 2 * number
    halves = [charts.width(one.text, 13) // 2 for one in told]
    boxes = [(one.x - half, one.y - 12, one.x + half, one.y) for one, half in zip(told, halves, strict=True)]
    assert all(left >= 0 and right <= 1000 for left, _, right, _ in boxes)
    assert [pair for pair in itertools.combinations(boxes, 2) if overlap(*pair)] == []


@pytest.mark.parametrize(("start", "end", "met"), [
    ((0, 0), (10, 10), True), ((0, 5), (10, 5), True), ((5, 5), (6, 6), True), ((4, 0), (4, 3), False),
    ((0, 6), (4, 10), False), ((0, 0), (3, 3), False), ((8, 4), (8, 4), False)])
def test_a_line_crosses_a_box_or_passes_by(start, end, met):
    assert crosses((4, 4, 7, 7), start, end) is met
