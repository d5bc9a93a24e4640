"""What the checks on the money find: each rule under, at and over its measure; each sentence whole."""
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation import money
from negotiation.findings import Facts, Finding, Limit, Party, Project, blocking, broken, findings, grouped, summary
from negotiation.models import FundingLimit

STATE, GOVERNOR, REGION, COMMUNES, BANK = 1, 2, 3, 4, 5
PARTIES = (Party(STATE, "État", "state"), Party(GOVERNOR, "Gouverneur", "state_local"),
           Party(REGION, "Région de Kayes", "authority"), Party(COMMUNES, "Communes", "authority"),
           Party(BANK, "Banque", "funder"))
ROAD, WELL, WHOLE = Project(1, "Piste", 100), Project(2, "Puits"), Project(3, "Ensemble", None, True)


UNCOSTED = (Project(1, "Piste"),)


def facts(*cells, limits=(), announced=None, projects=UNCOSTED, parties=PARTIES, unproved=()):
    """cells: (financier, year, amount) of the first project, or (project, financier, year, amount)."""
    whole = tuple(cell if len(cell) == 4 else (1, *cell) for cell in cells)
    return Facts(range(2027, 2032), announced, projects, parties, whole, limits, unproved)


def said(found):
    return [one.sentence.replace(money.NBSP, " ") for one in found]


def rule(kind, severity="blocking", **measure):
    return Limit(9, kind, severity, **measure)


STATE_YEAR = ("L’État apporte {} FCFA en 2028, soit {} FCFA de plus que son enveloppe de 400 FCFA.")
STATE_TOTAL = ("L’État apporte {} FCFA pour tout le contrat, soit {} FCFA de plus que son enveloppe de 400 FCFA.")
REGION_SHARE = ("La Région et les autres collectivités apportent {} FCFA, soit {} % du plan : à total égal, il manque "
                "{} FCFA pour leur part minimale de 20,0 %.")
FINANCIER_SHARE = ("Avec {} FCFA, la part de « Banque » est {} % du plan : à total égal, c’est {} FCFA de plus que "
                   "sa part maximale de 20,0 %.")


@pytest.mark.parametrize("severity", ["blocking", "warning"])
@pytest.mark.parametrize(("kind", "measure", "cells", "sentences"), [
    ("state_year", {"amount": 400}, [(STATE, 2028, 300), (GOVERNOR, 2028, 99), (REGION, 2028, 900)], []),
    ("state_year", {"amount": 400}, [(STATE, 2028, 300), (GOVERNOR, 2028, 100), (STATE, 0, 900)], []),
    ("state_year", {"amount": 400}, [(STATE, 2028, 300), (GOVERNOR, 2028, 101)], [STATE_YEAR.format(401, 1)]),
    ("state_year", {"amount": 400, "year": 2028}, [(STATE, 2027, 900), (STATE, 2028, 400)], []),
    ("state_year", {"amount": 400, "year": 2028}, [(STATE, 2027, 900), (STATE, 2028, 450)],
     [STATE_YEAR.format(450, 50)]),
    ("state_total", {"amount": 400}, [(STATE, 2027, 200), (GOVERNOR, 2028, 199)], []),
    ("state_total", {"amount": 400}, [(STATE, 2027, 200), (GOVERNOR, 0, 200), (BANK, 2027, 1)], []),
    ("state_total", {"amount": 400}, [(STATE, 2027, 200), (GOVERNOR, 0, 201)], [STATE_TOTAL.format(401, 1)]),
    ("region_share", {"share": 200}, [(STATE, 2027, 7_999), (REGION, 2027, 2_001)], []),
    ("region_share", {"share": 200}, [(STATE, 2027, 8_000), (REGION, 2027, 1_500), (COMMUNES, 0, 500)], []),
    ("region_share", {"share": 200}, [(STATE, 2027, 8_001), (REGION, 2027, 1_999)],
     [REGION_SHARE.format("1 999", "un peu moins de 20,0", 1)]),
    ("region_share", {"share": 200}, [(STATE, 2027, 90)], [REGION_SHARE.format(0, "0,0", 18)]),
    ("region_share", {"share": 200}, [], []),
    ("financier_share", {"share": 200}, [(BANK, 2027, 2_000), (STATE, 2027, 1_600), (REGION, 0, 2_000),
                                         (COMMUNES, 0, 2_000), (GOVERNOR, 0, 2_000), (ROAD.pk, STATE, 2028, 400)], []),
    ("financier_share", {"share": 200, "financier_id": BANK}, [(BANK, 2027, 2_000), (STATE, 2027, 8_000)], []),
    ("financier_share", {"share": 200, "financier_id": BANK}, [(BANK, 2027, 2_001), (STATE, 2027, 7_999)],
     [FINANCIER_SHARE.format("2 001", "d’un peu plus de 20,0", 1)]),
    ("financier_share", {"share": 200, "financier_id": BANK}, [(BANK, 2027, 5_000), (STATE, 0, 5_000)],
     [FINANCIER_SHARE.format("5 000", "de 50,0", "3 000")]),
])
def test_each_rule_under_at_and_over_its_measure(kind, measure, cells, sentences, severity):
    limit = rule(kind, severity, **measure)
    held = facts(*cells, limits=(limit,))
    found = list(broken(limit, held))
    assert said(found) == sentences
    assert {(one.severity, one.limit) for one in found} == ({(severity, 9)} if sentences else set())
    assert said(blocking(held)) == (sentences if severity == "blocking" else [])


def test_a_rule_for_one_year_or_one_financier_stands_in_for_the_rule_for_each():
    each, one = rule("state_year", amount=100), Limit(8, "state_year", "warning", amount=500, year=2028)
    held = facts((STATE, 2027, 101), (STATE, 2028, 500), limits=(each, one))
    assert [(found.limit, found.about) for found in findings(held)] == [(9, 2027)]
    each = rule("financier_share", share=500)
    one = Limit(8, "financier_share", "warning", share=900, financier_id=STATE)
    held = facts((STATE, 2027, 90), (REGION, 2027, 10), limits=(each, one))
    assert findings(held) == []


def test_a_row_of_the_database_is_a_rule():
    limit = FundingLimit(pk=9, kind="state_total", severity="blocking", amount=400)
    assert said(broken(limit, facts((STATE, 2027, 500), limits=(limit,)))) == [STATE_TOTAL.format(500, 100)]


@pytest.mark.parametrize(("announced", "sentences"), [
    (None, []), (500, []),
    (400, ["Le plan de financement (500 FCFA) dépasse le total annoncé (400 FCFA) : écart de 100 FCFA."]),
    (501, ["Le plan de financement (500 FCFA) n’atteint pas le total annoncé (501 FCFA) : écart de 1 FCFA."]),
])
def test_the_announced_total_blocks_only_the_step_that_asks_for_it(announced, sentences):
    held = facts((STATE, 2027, 500), announced=announced)
    assert said(findings(held)) == sentences
    assert blocking(held) == []


@pytest.mark.parametrize(("cells", "sentences"), [
    ([(STATE, 2027, 100)], []),
    ([(STATE, 2027, 60)], ["Piste : 60 FCFA au plan, pour un coût de 100 FCFA ; il manque 40 FCFA."]),
    ([(STATE, 2027, 130)], ["Piste : 130 FCFA au plan, pour un coût de 100 FCFA ; c’est 30 FCFA de trop."]),
    ([], ["Piste : aucun montant au plan, pour un coût de 100 FCFA ; il manque 100 FCFA."]),
    ([(WHOLE.pk, STATE, 0, 50)], []),
    ([(WHOLE.pk, STATE, 0, 50), (STATE, 2027, 60)],
     ["Piste : 60 FCFA au plan, pour un coût de 100 FCFA ; il manque 40 FCFA."]),
])
def test_a_project_beside_its_cost(cells, sentences):
    found = findings(facts(*cells, projects=(ROAD, WELL, WHOLE)))
    assert said(found) == sentences
    assert {(one.severity, one.anchor, one.scope, one.about) for one in found} <= {
        ("warning", "engagements/#projets-1", "project", 1)}


def test_an_amount_outside_the_years_of_the_contract_blocks():
    assert findings(facts((STATE, 2035, 50), (STATE, 2026, 7), (STATE, 0, 9), (STATE, 2031, 1))) == [
        Finding("blocking", f"Piste, État : {money.format(7)} en 2026, hors des années du contrat (2027-2031).",
                "engagements/#annee-2026", "year", 2026),
        Finding("blocking", f"Piste, État : {money.format(50)} en 2035, hors des années du contrat (2027-2031).",
                "engagements/#annee-2035", "year", 2035)]


def test_many_amounts_outside_the_years_are_told_together():
    cells = [(financier, 2035, 10) for financier in (STATE, GOVERNOR, REGION, COMMUNES, BANK)]
    assert len(findings(facts(*cells))) == 5
    assert said(findings(facts(*cells, (2, STATE, 2035, 10), projects=(Project(1, "Piste"), WELL)))) == [
        "6 contributions, 60 FCFA en 2035, hors des années du contrat (2027-2031)."]


def test_what_is_not_written_and_not_proved_only_warns():
    parties = (Party(STATE, "État", "state", written=False), Party(REGION, "Région", "authority"),
               Party(BANK, "Banque", "funder", written=False))
    held = facts((STATE, 2027, 50), (REGION, 2027, 50), parties=parties, unproved=((7, "Rendre compte."),))
    assert findings(held) == [
        Finding("warning", f"État : {money.format(50)} au plan, sans engagement écrit au dossier.",
                "acteurs/#acteurs-1"),
        Finding("warning", "« Rendre compte. » : cette obligation est dite tenue, sans preuve au dossier.",
                "engagements/#obligations-7")]


def test_findings_come_by_scope_what_blocks_first():
    limits = (rule("state_year", "warning", amount=1), Limit(8, "state_total", "blocking", amount=1))
    parties = (Party(STATE, "État", "state", written=False),)
    found = findings(facts((STATE, 2027, 50), (STATE, 2040, 50), limits=limits,
                           projects=(Project(1, "Piste", 90),), parties=parties))
    assert [(one.scope, one.severity) for one in found] == [
        ("contract", "blocking"), ("contract", "warning"),
        ("year", "blocking"), ("year", "warning"), ("year", "warning"), ("project", "warning")]
    assert [(title, len(some)) for title, some in grouped(found)] == [
        ("Ensemble du contrat", 2), ("Par année", 3), ("Par projet", 1)]
    assert (summary(found), summary(found[3:5]), summary(found[:1]), summary([])) == (
        "2 points bloquants et 4 avertissements", "2 avertissements", "1 point bloquant", "")


@given(st.integers(1, 10**15 - 1), st.integers(0, 10**15 - 1), st.integers(1, 1000))
def test_shares_are_compared_to_the_franc_and_never_told_at_their_limit_without_its_side(region, bank, share):
    """A rule is broken exactly when the fractions say so, and mending by the amount told mends it."""
    total = region + bank
    least, most = rule("region_share", share=share), rule("financier_share", share=share, financier_id=BANK)
    held = facts((REGION, 2027, region), *([(BANK, 2027, bank)] if bank else []), limits=(least, most))
    below, above = list(broken(least, held)), list(broken(most, held))
    assert (len(below), len(above)) == (region * 1000 < share * total, bank * 1000 > share * total)
    for found in (*below, *above):
        told = re.findall(rf"(?<![0-9]){money.percent(share)}", found.sentence)
        assert len(told) == (2 if "un peu" in found.sentence else 1)


@pytest.mark.parametrize(("cells", "said_of_it"), [
    ([(STATE, 2027, 60), (REGION, 2028, 40)], []),
    ([(STATE, 2027, 60), (REGION, 2028, 50)], ["un écart de 10 FCFA"]),
    ([(STATE, 2028, 60), (REGION, 2028, 40)], ["une autre répartition, pour le même total"]),
    ([], ["un écart de 100 FCFA"])])
def test_a_plan_that_left_the_agreement_is_told(cells, said_of_it):
    found = Facts(range(2027, 2032), None, UNCOSTED, PARTIES, tuple((1, *cell) for cell in cells),
                  agreed=((1, 6, {(STATE, 2027): 60, (REGION, 2028): 40}),))
    assert said([one for one in findings(found) if one.scope == "project"]) == [
        f"Piste : le plan ne suit plus la position convenue n° 6 ; il présente {told}." for told in said_of_it]
