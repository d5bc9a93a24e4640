"""What stands around the block of one project: its title, blank rows, notes."""
import pytest

from .test_plan import NAMES, PASTE, PLAN, open_plan, plain, said
from .test_plan_paste import (
    ADD,
    FIRST,
    NO_PROJECT,
    NO_TOTALS,
    NOTHING,
    OTHER_PROJECT,
    OVER,
    REGION,
    SECOND,
    UNIT,
    check,
    filled,
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("live")]
HEAD = "La ligne de titres (Financeur, 2028, 2029) n’est pas collée."
ROW, LAID = f"{REGION}\t5000\t6000", {(3, 1): "5 000", (3, 2): "6 000"}
LAST, BOTH = "Partenaire fictif d’exercice\t7000\t8000", LAID | {(5, 1): "7 000", (5, 2): "8 000"}


def test_a_title_that_names_its_project_or_none_is_no_other_one(visitor):
    one, _ = open_plan(visitor)
    block = f"{{}}\t\t\nFinanceur\t2028\t2029\n{ROW}"
    titles = (SECOND, f"Projet : {SECOND}", f"2. {SECOND}", f"Plan de financement – {SECOND}",
              f"CPER 2027-2031 : {SECOND}", "Plan de financement prévisionnel 2027-2031",
              "Tableau n° 3 : financement du projet (FCFA)", "Unité : FCFA", "Montants exprimés en FCFA")
    named = (FIRST, f"2. {FIRST}")
    several = ("Plan de financement des projets", "Projets du contrat", "Contrat-plan 2027-2031",
               "Plan de financement global")
    others = ("Projet 2", "2. Projet", "Plan du lot 2", f"Intitulé du projet : {SECOND}", f"Hors {SECOND}",
              f"{SECOND} bis", f"{SECOND} 2")
    no_title = OTHER_PROJECT.replace("ou collez le bloc dans ce projet", "collez le bloc dans ce projet, ou copiez-le "
                                     "sans ce titre")
    check(one, [*((3, 0, block.format(title), f"2 cases remplies. {HEAD} {OVER.format(f'« {title} »')} {NAMES}", LAID)
                  for title in titles),
                *((3, 0, block.format(title), OTHER_PROJECT.format(title), {}) for title in (*named, *several)),
                *((3, 0, block.format(title), no_title.format(title), {}) for title in others),
                *((3, 0, f"{title}\t2028\t2029\n{ROW}", OTHER_PROJECT.format(title), {})
                  for title in ("CPER", "Projets"))])


def test_the_title_of_the_contract_is_that_of_its_line(visitor):
    """Where amounts are those of the whole contract; the title of a project is still another one."""
    one = visitor()
    one.resume("responsable@kayes.example")
    one.page.goto(f"{one.base}/negociations/kayes-2018-2022/engagements/plan/")
    lines = [plain(line) for line in one.page.locator("tr[data-line] th span").all_inner_texts()]
    baobab = "Transformation du baobab (une ou plusieurs unités)"
    block = f"{{}}\t\nFinanceur\t2018\t{{}}\n{lines[0]}\t5000\t5000"
    told = "1 case remplie. La ligne de titres (Financeur, 2018, {}) n’est pas collée.{} " + f"{NO_TOTALS} {NAMES}"
    ours = ("Plan de financement du CPER de Kayes 2018-2022", "Ensemble du contrat", "Tableau récapitulatif du contrat",
            "Plan de financement de l’ensemble du contrat", "Plan de financement (CPER de Kayes)")
    check(one, [*((0, 0, block.format(title, "Total"), told.format("Total", f" {OVER.format(f'« {title} »')}"),
                   {(0, 0): "5 000"}) for title in ours),
                (0, 0, block.format("Contrat-Plan État-Région de Kayes 2018-2022", "Total du contrat"),
                 told.format("Total du contrat", ""), {(0, 0): "5 000"}),
                (0, 0, block.format(baobab, "Total"), OTHER_PROJECT.format(baobab), {}),
                *((0, 0, block.format(title, "Total"), OTHER_PROJECT.format(title).replace("ou collez le bloc dans ce "
                   "projet", "collez le bloc dans ce projet, ou copiez-le sans ce titre"), {})
                  for title in ("Contrat-Plan État-Région de Ségou 2018-2022", "CPER 2023-2027", "Hors contrat",
                                "Projet 2", "Plan de financement de la Région", "CPER 2"))])


def test_why_nothing_is_pasted_is_seen_wherever_the_cell_is(visitor):
    one, _ = open_plan(visitor)
    cell = one.page.locator("[data-line]").last.locator("input[name^=p]").first
    cell.scroll_into_view_if_needed()
    cell.evaluate(PASTE, f"Projet 2\t\nFinanceur\t2028\n{REGION}\t5000")
    assert said(one).startswith(NOTHING)
    box = one.page.locator("[data-said]").bounding_box()
    assert 0 <= box["y"] < box["y"] + box["height"] <= one.page.viewport_size["height"]


def test_a_title_in_two_cells_is_one(visitor):
    one, _ = open_plan(visitor)
    block = f"{{}}\t{{}}\t\nFinanceur\t2028\t2029\n{ROW}"
    check(one, [
        (3, 0, block.format("Projet", SECOND),
         f"2 cases remplies. {HEAD} {OVER.format(f'« {SECOND} »')} {NAMES}", LAID),
        (3, 0, block.format("Projet :", SECOND),
         f"2 cases remplies. {HEAD} {OVER.format(f'« Projet : » ; « {SECOND} »')} {NAMES}", LAID),
        (3, 0, block.format("Projet :", FIRST), OTHER_PROJECT.format(FIRST), {}),
    ])


def test_a_blank_row_among_the_financiers_of_one_project_is_nothing(visitor):
    """After the rows of a project that is named, nothing says whose those below it are."""
    one, _ = open_plan(visitor)
    head = "Financeur\t2028\t2029"
    check(one, [
        *((3, 0, block, f"4 cases remplies. {HEAD} {NAMES}", BOTH) for block in (
            f"{head}\n{ROW}\n\t\t\n{LAST}", f"{head}\n\t\t\n{ROW}\n{LAST}")),
        (3, 0, f"{ROW}\n\t\t\n{LAST}", f"4 cases remplies. {filled('2027, 2028')}",
         {(3, 0): "5 000", (3, 1): "6 000", (5, 0): "7 000", (5, 1): "8 000"}),
        (0, 0, f"{head}\n\t\t\n{SECOND}\t\t\n{ROW}", f"2 cases remplies. {HEAD} {NAMES}", LAID),
        (3, 0, f"{head}\n{ROW}\nTotal\t5000\t6000\n\t\t\nÉtat\t7000\t8000", NO_PROJECT, {}),
        (0, 0, f"{head}\n{SECOND}\t\t\n{ROW}\n\t\t\nÉtat\t7000\t8000", NO_PROJECT, {}),
    ])


def test_a_note_under_one_column_of_names_is_not_pasted(visitor):
    one, _ = open_plan(visitor)
    block = f"Financeur\t2028\t2029\n{ROW}\n{{}}\t\t"
    check(one, [
        (3, 0, block.format("Source : DAF"), f"2 cases remplies. {HEAD} {NAMES} Sans ligne dans cette page, et non "
         "collé : « Source : DAF ».", LAID),
        (3, 0, block.format("Forages"),
         f"{NOTHING}« Forages » n’est ni un projet ni un financeur de cette page.{ADD}", {}),
        (3, 0, block.format(f"Source : {FIRST}"), f"{NOTHING}« Source : {FIRST} » y dit peut-être un autre projet. "
         "Écrivez-le sur chaque ligne, dans une colonne « Projet », collez le bloc dans ce projet, ou copiez-le sans "
         "cette ligne.", {}),
    ])


def test_a_total_in_words_at_the_end_is_a_note(visitor):
    one, _ = open_plan(visitor)
    check(one, [(3, 0, f"Financeur\t2028\t2029\n{ROW}\n{said}\t\t", f"2 cases remplies. {HEAD} {NAMES} Sans ligne "
                 f"dans cette page, et non collé : « {said} ».", LAID)
                for said in ("Arrêté à la somme de treize millions de francs CFA",
                             "Le présent plan est arrêté à la somme de : un milliard (1 000 000 000) de francs CFA",
                             "Arrêté au montant de neuf cents millions de francs CFA",
                             "Arrêté à la somme de 900 000 000 (neuf cents millions) de francs CFA")])
    check(one, [(3, 0, f"Financeur\t2028\t2029\n{ROW}\nTotal en lettres : treize mille francs CFA\t\t",
                 f"2 cases remplies. {HEAD} {NAMES}", LAID)])

    check(one, [(3, 0, f"Financeur\t2028\t2029\n{ROW}\n{said}\t\t", UNIT.format(said), {}) for said in (
        "Soit en milliers de FCFA", "Arrêté à la somme de 900 000 (en millions de FCFA)",
        "Arrêté à la somme de 1 500 KFCFA", "Arrêté à la somme de treize millions d’euros",
        "Arrêté à la somme de treize (milliers de francs CFA)", "Soit en mille francs CFA", "Soit (mille FCFA)")])


def test_the_two_rows_of_headings_of_one_project_are_read(visitor):
    one, _ = open_plan(visitor)
    block = f"Financeur\t{{}}\t\t{{}}\n\t2028\t2029\t\n{ROW}\t11000"
    told = f"2 cases remplies. La ligne de titres (2028, 2029, {{}}) n’est pas collée.{{}} {NO_TOTALS} {NAMES}"
    annual = "Montants annuels (FCFA)"
    check(one, [(3, 0, block.format(above, total), told.format(total, more), LAID) for above, total, more in (
        ("Années", "Total", ""), ("Années", "Coût total", ""), (annual, "Total", f" {OVER.format(f'« {annual} »')}"))])


def test_the_position_of_a_project_is_no_place_for_the_sums_of_several(visitor):
    one, _ = open_plan(visitor)
    second = one.page.locator("tbody[data-project]").nth(1).get_attribute("id").removeprefix("projet-")
    one.page.goto(f"{one.base}{PLAN.replace('plan/', f'positions/{second}/ajouter/')}")
    name = plain(one.page.locator("[data-line] legend").first.inner_text())
    check(one, [
        (0, 0, f"Plan de financement du CPER\t\nFinanceur\t2028\n{name}\t5000", OTHER_PROJECT.format(
            "Plan de financement du CPER"), {}),
        (0, 0, f"Ensemble du contrat\t2028\n{name}\t5000", OTHER_PROJECT.format("Ensemble du contrat"), {}),
        *((0, 0, f"Financeur\t2028\t{title}\n{name}\t5000\t5000", OTHER_PROJECT.format(title), {})
          for title in ("Total du contrat", "Coût total du contrat", "Montant total du CPER")),
        *((0, 0, f"Financeur\t2028\n{name}\t5000\n{title}\t5000", OTHER_PROJECT.format(title), {})
          for title in ("Total du contrat", "Coût total du plan", "Ensemble du contrat", "Coût des projets",
                        "Enveloppe totale du CPER", "CPER – Coût total", "Coût des projets urbains",
                        "Financement total de tous les projets")),
        *((0, 0, f"Financeur\t2028\n{name}\t5000\n{title}\t5000",
           f"{NOTHING}« {title} » n’est ni un projet ni un financeur de cette page.{ADD}", {})
          for title in ("Coût total du projet", "Coût total du plan de financement", "Coût du projet structurant")),
        (0, 0, f"Plan de financement\t\nFinanceur\t2028\n{name}\t5000", "1 case remplie. La ligne de titres "
         f"(Financeur, 2028) n’est pas collée. {OVER.format('« Plan de financement »')} {NAMES}", {(0, 1): "5 000"})])


def test_on_a_low_screen_the_cell_of_a_block_is_seen_under_what_is_said_of_it(visitor):
    one, cells = open_plan(visitor, width=360)
    one.page.set_viewport_size({"width": 360, "height": 360})
    last = one.page.locator("[data-line]").last.locator("input[name^=p]").first
    for cell, block in (cells.nth(0), "5000\t6000\n7000\t8000"), (last, "5000\t6000"):
        cell.focus()
        cell.evaluate(PASTE, block)
        told, box = one.page.locator(".said").bounding_box(), cell.bounding_box()
        assert told["y"] + told["height"] <= box["y"] < box["y"] + box["height"] <= 360
