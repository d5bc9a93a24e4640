"""What a table says of the plan: amounts as Excel users type them, names, years, and every refusal at its place."""
import datetime
import io
import zipfile

import pytest

from negotiation.forms.sheets.forms import ConfirmForm, sealed
from negotiation.forms.sheets.preview import preview_of
from negotiation.forms.sheets.reading import MOST_REFUSED, Reading
from tests import tables
from tests.tables import HEAD, LINE, STATE, YEARS, plan, reading, refusals, workbook


@pytest.fixture(autouse=True)
def _here(monkeypatch):
    tables.read_here(monkeypatch)


def typed(value, **options):
    """The amount that a workbook with this one value says, or why it is refused."""
    told = reading(workbook(HEAD, (*LINE, value, 1), **options))
    return told.refused[0].why if told.refused else told.amounts[1, 1, 2027]


@pytest.mark.parametrize(("value", "amount"), [
    (400_000_000, 400_000_000), (400_000_000.0, 400_000_000), ("400 000 000", 400_000_000),
    ("400\u00a0000\u202f000 FCFA", 400_000_000), ("\u2009400'000 F CFA ", 400_000), (None, 0), ("", 0), (" - ", 0),
    (0, 0), (999_999_999_999_999, 999_999_999_999_999)])
def test_what_people_type_is_understood(value, amount):
    assert typed(value) == amount


@pytest.mark.parametrize(("value", "why"), [
    ("1,5 M", "« 1,5 M » n’est pas un montant : écrivez-le en chiffres, par exemple 400 000 000."),
    ("400 000,50", "« 400 000,50 » contient un point ou une virgule : écrivez le montant en francs entiers, par "
                   "exemple 400 000 000."),
    (12.5, "« 12,5 » n’est pas un nombre entier de francs : arrondissez-le."),
    (-3, "« -3 » est négatif : un montant est un nombre positif de francs."),
    ("(400)", "« (400) » est négatif : un montant est un nombre positif de francs."),
    (10**15, "ce montant dépasse 15 chiffres : vérifiez qu’il est bien en francs."),
    (True, "« VRAI » n’est pas un montant."),
    ("#REF!", "la case contient une erreur (#REF!) : corrigez-la, ou videz-la."),
    ("=SUM(D2:E2)", "la case contient une formule dont le résultat n’est pas enregistré : ouvrez le fichier dans votre "
                    "tableur, enregistrez-le, puis importez-le de nouveau."),
    (datetime.date(2027, 3, 1), "la case contient une date (2027-03-01) et non un montant."),
])
def test_what_is_not_an_amount_is_refused(value, why):
    assert typed(value) == why


@pytest.mark.parametrize(("number", "why"), [
    ("1E300", "ce montant dépasse 15 chiffres : vérifiez qu’il est bien en francs."),
    ("1E999999999", "ce montant dépasse 15 chiffres : vérifiez qu’il est bien en francs."),
    ("1E-999999999", "« 1E-999999999 » n’est pas un nombre entier de francs : arrondissez-le."),
    ("-1E-999999999", "« -1E-999999999 » est négatif : un montant est un nombre positif de francs."),
    ("1E99999999999999999999", "« 1E99999999999999999999 » n’est pas un montant.")])
@pytest.mark.parametrize("kind", ["xlsx", "json"])
def test_a_number_out_of_all_measure_is_refused_at_its_cell(number, why, kind):
    if kind == "json":
        told = f'{{"cells": [{{"project": "Piste de Kléla", "financier": "État", "year": 2027, "amount": {number}}}]}}'
        assert refusals(told.encode(), name="p.json") == [f"cells[0].amount : {why}"]
        return
    source, target = io.BytesIO(workbook(HEAD, (*LINE, 123_454_321))), io.BytesIO()
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(b"123454321", number.encode()))
    assert refusals(target.getvalue()) == [f"Plan!C2 : {why}"]


def test_a_refusal_names_the_cell():
    assert refusals(workbook(("Plan de Kayes",), (), HEAD, (*LINE, 1, 2, "x"))) == [
        "Plan!E4 : « x » n’est pas un montant : écrivez-le en chiffres, par exemple 400 000 000."]
    assert refusals("Projet;Financeur;Année;Montant\nPiste de Kléla;État;2027;-1\n".encode(), name="p.csv") == [
        "D2 : « -1 » est négatif : un montant est un nombre positif de francs."]
    told = '{"cells": [{"project": "Piste de Kléla", "financier": "État", "year": 2027, "amount": 1.5}]}'
    assert refusals(told.encode(), name="p.json") == [
        "cells[0].amount : « 1,5 » n’est pas un nombre entier de francs : arrondissez-le."]


def test_the_value_of_a_formula_is_read():
    def fill(book, sheet):
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, LINE)
        sheet.write_formula(1, 2, "=D2*2", None, 400)
        sheet.write_number(1, 3, 200)
    assert reading(tables.written(fill)).amounts == {
        (1, 1, 2027): 400, (1, 1, 2028): 200, (1, 1, 2029): 0, (1, 1, 0): 0}


@pytest.mark.parametrize("head", [
    2028, "2028", "2 028", "2\u202f028", "Année 2\xa0028", " 2028 ", "Année 2028", "2028 (FCFA)", "31/12/2028",
    datetime.date(2028, 1, 1), datetime.datetime(2028, 12, 31)])
def test_years_are_understood(head):
    told = reading(workbook(("Projet", "Financeur", head), (*LINE, 7)))
    assert (told.refused, told.amounts) == ([], {(1, 1, 2028): 7})


def test_a_year_that_a_format_shows_as_a_day_is_the_year():
    def change(book, sheet):
        sheet["C1"].number_format = "dd/mm/yyyy"
    assert reading(workbook(("Projet", "Financeur", 2028), (*LINE, 7), change=change)).amounts == {(1, 1, 2028): 7}


def test_columns_stand_in_any_order_and_sums_are_left_out():
    told = reading(workbook(
        ("Total", "Non réparti", "financeur", 2028, "PROJET", "Observations", "N°"),
        (5, 3, "ETAT", 2, "piste de  klela", "vu", 1),
        (99, None, None, 2, "Sous-total : Piste de Kléla"), (99, None, "TOTAL", 5, None),
        (99, 1, None, 1, "Total du plan")))
    assert told.refused == []
    assert told.amounts == {(1, 1, 0): 3, (1, 1, 2028): 2}
    assert told.notes == ["La colonne F (« Observations ») n’est pas lue.", "La colonne G (« N° ») n’est pas lue."]


@pytest.mark.parametrize(("head", "why"), [
    (2035, "Plan!C1 : l’année 2035 est hors du contrat (2027-2029)."),
    ("2O28", "Plan!C1 : cette colonne (« 2O28 ») n’est ni une année du contrat ni « Non réparti », et contient des "
             "montants."),
    (None, "Plan!C1 : cette colonne (sans titre) n’est ni une année du contrat ni « Non réparti », et contient des "
           "montants."),
    ("2028-2029", "Plan!C1 : cette colonne (« 2028-2029 ») n’est ni une année du contrat ni « Non réparti », et "
                  "contient des montants."),
    ("Financeur", "Plan!C1 : ce titre est déjà celui de la colonne B."),
    ("exercice 2027", "Plan!D1 : cette année est déjà celle de la colonne C."),
])
def test_an_unknown_column_is_refused(head, why):
    assert refusals(workbook(("Projet", "Financeur", head, 2027), (*LINE, 7, 8)))[0] == why


def test_a_total_that_adds_up_no_row_is_told():
    note = "La colonne D (« Total ») n’est pas lue, et n’est pas la somme des colonnes lues : si elle porte les " \
           "montants d’une année, donnez-lui cette année pour titre."
    head = ("Projet", "Financeur", 2027, "Total", 2029)
    assert [reading(workbook(head, (*LINE, 1, total, 3))).notes for total in (2, 4, None, "vu")] == [[note], [], [], []]


def test_the_other_sheets_are_told():
    def change(book, sheet):
        for name in ("Plan v2", "Mode d’emploi"):
            book.create_sheet(name)
    assert reading(workbook(HEAD, (*LINE, 1), change=change)).notes == [
        "Seule la feuille « Plan » est lue. Ce que disent les autres ne l’est pas : Plan v2."]


def test_merged_titles_that_hide_the_others_are_told():
    def change(book, sheet):
        sheet.merge_cells("A1:A2")
    assert refusals(workbook(("Projet",), (None, "Financeur", 2027), (*LINE, 5), change=change))[0].endswith(
        " Des cellules y sont fusionnées (A1:A2) : défusionnez-les, et gardez les titres sur une seule ligne.")


@pytest.mark.parametrize("head", ["Montant prévu", "Coût", "Montant EUR", "Montant en millions de FCFA"])
def test_a_list_without_its_amounts_says_how_they_are_titled(head):
    assert refusals(workbook(("Projet", "Financeur", "Exercice", head), (*LINE, 2028, 5))) == [
        "Plan!C1 : « Exercice » est là, mais aucune colonne de montants : donnez à celle des montants, en francs CFA "
        "entiers, le titre « Montant » ou « Montant (FCFA) »."]


def test_a_column_of_years_beside_the_years_is_not_a_list():
    told = reading(workbook(("Projet", "Financeur", "Année", 2027, 2028), (*LINE, 2018, 5, 6)))
    assert (told.refused, told.amounts) == ([], {(1, 1, 2027): 5, (1, 1, 2028): 6})


@pytest.mark.parametrize(("project", "financier", "why"), [
    ("Piste de Klola", "État", "Plan!A2 : projet inconnu, « Piste de Klola ». Vouliez-vous dire « Piste de Kléla » ?"),
    ("Barrage", "État", "Plan!A2 : projet inconnu, « Barrage » : ajoutez-le d’abord au dossier, ou corrigez ce nom."),
    ("Piste de Kléla", "Region de Kaye", "Plan!B2 : financeur inconnu, « Region de Kaye ». Vouliez-vous dire « Région "
                                         "de Kayes » ?"),
    (None, "État", "Plan!A2 : le nom du projet manque sur cette ligne, qui porte un montant."),
    ("Piste de Kléla", None, "Plan!B2 : le nom du financeur manque sur cette ligne, qui porte un montant."),
    ("#REF!", "État", "Plan!A2 : le nom du projet ne se lit pas : écrivez-le en toutes lettres."),
    ("=B9", "État", "Plan!A2 : le nom du projet ne se lit pas : écrivez-le en toutes lettres."),
])
def test_an_unknown_name_is_refused_with_the_nearest(project, financier, why):
    assert refusals(workbook(HEAD, (project, financier, 1))) == [why]


@pytest.mark.parametrize(("known", "asked"), [
    ("Piste de Kita", "Route de Kita"), ("Piste de Kléla", "Piste rurale de Kléla"), ("Marché de Kita", "Marche Kita"),
    ("Centre de santé", "Centre de santé de Kita"), ("Piste Kayes-Yélimané", "Route Kayes – Yélimané")])
def test_a_name_written_nearly_the_same_is_suggested(known, asked):
    assert refusals(workbook(HEAD, (asked, "État", 1)), plan(projects=[known])) == [
        f"Plan!A2 : projet inconnu, « {asked} ». Vouliez-vous dire « {known} » ?"]


@pytest.mark.parametrize("asked", ["Projet temporaire", "Projet à supprimer", "Projet supprimé", "Projet routier"])
def test_a_name_that_only_shares_common_words_is_not_suggested(asked):
    assert refusals(workbook(HEAD, (asked, "État", 1)), plan(projects=["Projet éphémère"])) == [
        f"Plan!A2 : projet inconnu, « {asked} » : ajoutez-le d’abord au dossier, ou corrigez ce nom."]


def test_what_a_project_adds_in_brackets_counts():
    """« Piste (Kayes) » is not « Piste (Kita) »: nothing is guessed."""
    found = plan(projects=["Piste (Kita)"])
    assert refusals(workbook(HEAD, ("Piste (Kayes)", "État", 1)), found) == [
        "Plan!A2 : projet inconnu, « Piste (Kayes) ». Vouliez-vous dire « Piste (Kita) » ?"]


def test_two_names_that_look_alike_are_told_apart_or_refused():
    found = plan(projects=["Piste", "PISTE"])
    assert reading(workbook(HEAD, ("PISTE", "État", 1)), found).amounts[2, 1, 2027] == 1
    assert refusals(workbook(HEAD, ("piste", "État", 1)), found) == [
        "Plan!A2 : plusieurs projets s’appellent « piste » : donnez-leur des noms différents."]


def test_the_same_row_twice_is_refused_naming_both():
    assert refusals(workbook(HEAD, (*LINE, 1), ("Centre de santé", "État", 2), (*LINE, 3))) == [
        "Plan!C4 : les lignes 2 et 4 portent le même projet et le même financeur : gardez-en une."]
    assert refusals("Projet;Financeur;Année;Montant\nPiste de Kléla;État;2027;1\nPiste de Kléla;État;2027;1\n".encode(),
                    name="p.csv") == ["D3 : ligne 2 et ligne 3 portent le même projet, le même financeur et la même "
                                      "année : gardez-en une."]


def test_an_empty_line_of_the_model_leaves_its_place_to_the_same_line_filled():
    for rows in ((LINE, (*LINE, 7)), ((*LINE, 7), LINE)):
        found = reading(workbook(HEAD, *rows), plan(STATE))
        assert (found.amounts[1, 1, 2027], found.refused, found.notes) == (7, [], [])


def test_merged_cells_are_refused_with_their_range_and_a_merged_title_is_not():
    def change(book, sheet):
        sheet.merge_cells("A1:F1")
        sheet.merge_cells("A3:A4")
    assert refusals(workbook(("Plan",), HEAD, (*LINE, 1), (None, None, None), change=change)) == [
        "Plan!A3:A4 : ces cellules sont fusionnées : défusionnez-les, et écrivez le nom ou le montant dans chacune."]


def test_hidden_rows_are_read_and_said():
    def change(book, sheet):
        sheet.row_dimensions[2].hidden = True
        book.create_sheet("Secret").sheet_state = "hidden"
    told = reading(workbook(HEAD, (*LINE, 7), change=change))
    assert (told.amounts[1, 1, 2027], told.notes) == (7, ["Ce que le fichier masque est lu aussi : ligne 2."])


def test_a_table_without_headings_says_what_they_are():
    assert refusals(workbook(("Piste de Kléla", "État", 1))) == [
        "Aucune ligne de titres n’a été trouvée : le tableau commence par les titres « Projet » et « Financeur », puis "
        "une colonne par année, comme dans le modèle."]
    assert refusals(workbook(("Projet", "Financeur"), LINE)) == [
        "Aucune colonne d’année n’a été trouvée : leurs titres sont les années du contrat."]


@pytest.mark.parametrize(("year", "why"), [
    ("2035", "C2 : l’année 2035 est hors du contrat (2027-2029)."),
    ("deux mille", "C2 : « deux mille » n’est pas une année."),
    ("2028 (M FCFA)", "C2 : « 2028 (M FCFA) » n’est pas une année."),
    ("", "C2 : l’année manque sur cette ligne : écrivez-la, ou « Non réparti ».")])
def test_a_row_of_another_year_is_refused(year, why):
    assert refusals(f"Projet;Financeur;Année;Montant\nPiste de Kléla;État;{year};1\n".encode(), name="p.csv") == [why]


def test_a_plan_saved_as_csv_from_the_workbook_is_understood():
    told = reading("Projet;Financeur;2027;2028\nPiste de Kléla;État;1 000;\n".encode("cp1252"), name="p.csv")
    assert told.amounts == {(1, 1, 2027): 1000, (1, 1, 2028): 0}


def test_an_endless_list_of_refusals_stops():
    told = reading(workbook(HEAD, *[(f"Inconnu {n}", "État", 1) for n in range(300)]))
    assert len(told.refused) == MOST_REFUSED
    assert told.notes == ["La lecture s’est arrêtée après 100 refus : corrigez-les, puis recommencez."]


def preview(data, found):
    return preview_of(reading(data, found), found, YEARS)


@pytest.mark.parametrize(("rows", "notes"), [
    ([], ["Aucune ligne portant un montant n’a été lue dans ce fichier."]),
    ([("Piste de Kléla", "Région de Kayes", 0)], ["Aucune ligne portant un montant n’a été lue dans ce fichier."]),
    ([(*LINE, 100, 200)], [])], ids=["no line", "no amount", "the same"])
def test_a_file_without_an_amount_is_told(rows, notes):
    told = preview_of(reading(workbook(HEAD, *rows)), plan(STATE), YEARS)
    assert (told.changes, told.refused, told.notes) == ([], [], notes)


def test_the_preview_tells_new_changed_removed_and_unchanged():
    found = plan(STATE | {(1, 1, 2029): 300, (2, 1, 2027): 5})
    told = preview(workbook(HEAD, (*LINE, 100, 250, None, 7)), found)
    assert [(group.title, [(one.cell, one.words, one.before, one.after, one.place) for one in group.changes])
            for group in told.groups] == [
        ("Retirés", [((1, 1, 2029), "Piste de Kléla, État, 2029", 300, 0, "Plan!E2")]),
        ("Changés", [((1, 1, 2028), "Piste de Kléla, État, 2028", 200, 250, "Plan!D2")]),
        ("Nouveaux", [((1, 1, 0), "Piste de Kléla, État, non réparti", 0, 7, "Plan!F2")])]
    assert (told.unchanged, told.total, told.new_total, told.refused) == (1, 605, 362, [])
    assert told.summary == "3 changements : 1 nouveau, 1 changé, 1 retiré"


def test_a_line_that_nobody_filled_removes_nothing_and_a_zero_does():
    """The model has a line for each project and financier: importing it half filled must not empty the rest."""
    found = plan(STATE | {(2, 1, 2027): 5})
    told = preview(workbook(HEAD, LINE, ("Centre de santé", "État", 0), ("Centre de santé", "Région de Kayes")), found)
    assert [(one.cell, one.before, one.after) for one in told.changes] == [((2, 1, 2027), 5, 0)]
    assert told.notes == ["Lignes du fichier sans aucun montant, laissées telles quelles dans le plan : 2. Pour "
                          "retirer leurs montants, écrivez 0."]
    rows = "Projet;Financeur;Année;Montant\nPiste de Kléla;État;2027;\n"
    told = preview_of(reading(rows.encode(), found, "p.csv"), found, YEARS)
    assert told.summary == "1 changement : 1 retiré"


def test_an_amount_of_a_year_that_left_the_contract_is_removed_but_not_changed():
    found = plan({(1, 1, 2035): 9})
    head = ("Projet", "Financeur", 2035)
    assert [str(one) for one in preview(workbook(head, (*LINE, 10)), found).refused] == [
        "Plan!C2 : l’année 2035 est hors du contrat : son montant peut être retiré, pas changé."]
    assert preview(workbook(head, (*LINE, 9)), found).summary == "0 changement"
    assert preview(workbook(head, (*LINE, 0)), found).summary == "1 changement : 1 retiré"


def test_a_plan_too_large_to_be_added_up_is_refused():
    most = 999_999_999_999_999
    assert [str(one) for one in preview(workbook(HEAD, (*LINE, most, most)), plan()).refused] == [
        "Le total du plan dépasserait 15 chiffres : vérifiez que les montants sont bien en francs."]


def test_the_confirmation_carries_the_changes_of_a_large_plan():
    """Forty projects, eight financiers, ten years: no number of fields grows, and the weight stays small."""
    amounts = {(p, f, y): 10**9 + p * f * y for p in range(1, 41) for f in range(1, 9) for y in range(2027, 2037)}
    found = plan(projects=[f"Projet {n}" for n in range(40)], financiers=[f"Financeur {n}" for n in range(8)])
    places = {(p, f, y): f"Plan!{chr(64 + y - 2024)}{p * 8 + f}" for p, f, y in amounts}
    told = preview_of(Reading(amounts, places), found, range(2027, 2037))
    text = sealed(told, "plan.xlsx", "kayes")
    form = ConfirmForm({"plan": text}, slug="kayes")
    assert form.is_valid()
    assert form.cleaned_data["plan"] == (
        "plan.xlsx", amounts, dict.fromkeys(amounts, 0), places,
        ({n + 1: f"Projet {n}" for n in range(40)}, {n + 1: f"Financeur {n}" for n in range(8)}))
    assert len(text) < 60_000


@pytest.mark.parametrize("spoil", [lambda text: text[:-1], lambda text: "x", lambda text: ""])
def test_a_confirmation_that_was_touched_is_refused(spoil):
    text = sealed(preview(workbook(HEAD, (*LINE, 1)), plan()), "plan.xlsx", "kayes")
    form = ConfirmForm({"plan": spoil(text)}, slug="kayes")
    assert form.errors == {
        "plan": ["Cette prévisualisation ne peut plus être confirmée : choisissez de nouveau le fichier."]}
    assert not ConfirmForm({"plan": text}, slug="mopti").is_valid()


def test_a_book_beside_the_plan_is_refused_before_it_is_read():
    remarks = [(*LINE, 5, 6, f"{number} {'un mot ' * 34}") for number in range(1000)]
    assert refusals(workbook((*HEAD, "Observations"), *remarks)) == [
        "Ce fichier contient trop de textes à côté du plan pour être lu : gardez-y le tableau seul."]
