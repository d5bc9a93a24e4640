"""A column of totals proves its rows: one that they contradict is a slip, and those that none proves are named."""
import pytest

from .test_plan import NAMES, SUM, open_plan
from .test_plan_paste import FIRST, NO_TOTALS, NOTHING, REGION, SECOND, check

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("live")]
ALONE = "Sans leur total, à relire : « {} »."


def test_a_column_of_totals_that_the_rows_contradict_is_a_slip(visitor):
    """A cell less in a row copied from a document, and its amounts are of other years; a project's may be merged."""
    one, _ = open_plan(visitor)
    head, state = "Financeur\t2028\t2029\t2030\tTotal", "État\t7000\t8000\t9000\t24000"
    told = f"{NOTHING}sa colonne « Total » n’est pas la somme des autres ({{}}) : une case y manque peut-être. " \
           "Vérifiez-le, ou copiez-le sans cette colonne."
    said = "La ligne de titres (Financeur, 2028, 2029, 2030, Total) n’est pas collée."
    laid = {(0, 1): "5 000", (0, 2): "6 000", (0, 3): "", (1, 1): "7 000", (1, 2): "8 000", (1, 3): "9 000"}
    slips = ("5000\t6000\t11000\t", "\t5000\t6000\t4000", "11000\t5000\t6000\t7000")
    merged = f"Projet\t{head}\n{FIRST}\t{REGION}\t5000\t6000\t\t35000\n\tÉtat\t7000\t8000\t9000\t\n" \
             f"{SECOND}\tÉtat\t1000\t\t\t1000"
    check(one, [
        *((0, 0, f"{head}\n{REGION}\t{slip}\n{state}", told.format(", ".join([REGION, *filter(None, slip.split(
            "\t"))])), {}) for slip in slips),
        (0, 0, f"{head}\n{REGION}\t5000\t6000\t\t\n{state[:-5]}\nTotal\t12000\t14000\t9000\t35000",
         f"6 cases remplies. Le bloc, vide par endroits, efface 1 montant. {said} {NO_TOTALS} {NAMES} {SUM}", laid),
        (0, 0, f"{head}\n{REGION}\t5000\t6000\t\t11000\n{state}\nTotal général\t\t\t\t35000",
         f"6 cases remplies. Le bloc, vide par endroits, efface 1 montant. {said} {NO_TOTALS} {NAMES}", laid),
        (0, 0, f"{head}\n{REGION}\t5000\t6000\t\t11000\n{state}".replace("2030\tTotal", "2030\tSous-total").replace(
            "11000", "5000"), f"6 cases remplies. Le bloc, vide par endroits, efface 1 montant. "
         f"{said.replace('Total', 'Sous-total')} {NO_TOTALS} {ALONE.format(f'{FIRST}, {REGION}')} {NAMES}", laid),
        (0, 0, f"{head}\n{REGION}\t5000\t6000\t\t\nTotal\t5000\t6000\t\t11000",
         f"3 cases remplies. Le bloc, vide par endroits, efface 1 montant. {said} {NO_TOTALS} {NAMES} {SUM}",
         {(0, 1): "5 000", (0, 2): "6 000", (0, 3): ""}),
        *((0, 0, f"{head}\n{REGION}\t\t5000\t6000\t7000\n{state}".replace("2030\tTotal", f"2030\t{title}"),
           told.replace("« Total »", f"« {title} »").format(f"{REGION}, 5000, 6000, 7000"), {})
          for title in ("Total 2027-2031", "Montant total", "Totaux")),
        (0, 0, merged.replace("8000\t9000", "\t9000"), told.format(f"{FIRST}, {REGION}, 5000, 6000, 35000"), {}),
        (0, 0, merged, "9 cases remplies. Le bloc, vide par endroits, efface 3 montants. La ligne de titres (Projet, "
         f"Financeur, 2028, 2029, 2030, Total) n’est pas collée. {NO_TOTALS} {NAMES}",
         {(0, 1): "5 000", (0, 2): "6 000", (0, 3): "", (1, 1): "7 000", (1, 2): "8 000", (1, 3): "9 000",
          (4, 1): "1 000", (4, 2): "", (4, 3): ""}),
    ])


def test_a_partial_total_is_compared_with_its_own_years(visitor):
    one, _ = open_plan(visitor)
    head, row = "Financeur\t2027\t2028\t{}\t2029\t2030\tTotal", "État\t1000\t1500\t2500\t4000\t5000\t11500"
    slip = f"{REGION}\t5000\t8000\t13000\t6000\t6000\t"
    right = f"{REGION}\t\t5000\t5000\t8000\t6000\t19000"
    laid = {(0, 0): "", (0, 1): "5 000", (0, 2): "8 000", (0, 3): "6 000", (1, 0): "1 000", (1, 1): "1 500",
            (1, 2): "4 000", (1, 3): "5 000"}
    told = "{}sa colonne « {} » n’est pas la somme des autres ({}) : une case y manque peut-être. Vérifiez-le, ou " \
           "copiez-le sans cette colonne."
    shifted = f"{REGION}\t5000\t5000\t8000\t6000\t19000\t"
    check(one, [
        *((0, 0, f"{head.format(title)}\n{right}\n{row}", "8 cases remplies. Le bloc, vide par endroits, efface 1 "
           f"montant. La ligne de titres (Financeur, 2027, 2028, {title}, 2029, 2030, Total) n’est pas collée. "
           f"{NO_TOTALS} {NAMES}", laid) for title in ("Total 2027-2028", "Sous-total", "Coût total")),
        (0, 0, f"{head.format('Total 2027-2028')}\n{shifted}\n{row}",
         told.format(NOTHING, "Total 2027-2028", ", ".join([REGION, *shifted.split("\t")[1:6]])), {}),
        (0, 0, f"{head.format('Total 2027-2028')}\n{slip}\n{row}".replace("\tTotal\n", "\tTotal 2029-2030\n").replace(
            "11500", "9000"), told.format(NOTHING, "Total 2029-2030", ", ".join([REGION, *slip.split("\t")[1:6]])), {}),
    ])


def test_totals_that_slipped_in_every_row_or_out_of_the_years_are_heard(visitor):
    """A year without any amount, lost in all rows; a total that falls in « Non réparti »; two partial ones."""
    one, _ = open_plan(visitor)
    told = f"{NOTHING}sa colonne « {{}} » n’est pas la somme des autres ({{}}) : une case y manque peut-être. " \
           "Vérifiez-le, ou copiez-le sans cette colonne."
    head, row = "Financeur\t2027\t2028\t2029\tTotal", f"{REGION}\t5000\t6000\t11000\t"
    shared = "Financeur\t2027\t2028\tNon réparti\tTotal 2027-2031"
    two = "Financeur\t2027\t2028\tTotal 2027-2028\t2029\t2030\tTotal"
    full = "État\t1000\t1500\t2500\t4000\t5000\t11500\nPartenaire fictif d’exercice\t3000\t4000\t7000\t\t5000\t12000"
    check(one, [
        (0, 0, f"{head}\n{row}", told.format("Total", f"{REGION}, 5000, 6000, 11000"), {}),
        (0, 0, f"{head}\n{row}\nÉtat\t7000\t8000\t15000\t\nTotal\t12000\t14000\t26000\t",
         told.format("Total", f"{REGION}, 5000, 6000, 11000"), {}),
        (0, 0, f"{shared}\n{REGION}\t5000\t\t5000\t\nÉtat\t7000\t8000\t\t15000\n"
         "Partenaire fictif d’exercice\t3000\t4000\t\t7000",
         told.format("Total 2027-2031", f"{REGION}, 5000, 5000"), {}),
        (0, 0, f"{two}\n{REGION}\t5000\t5000\t\t\t5000\t\n{full}",
         told.format("Total 2027-2028", f"{REGION}, 5000, 5000, 5000"), {}),
    ])


def test_two_equal_years_are_read_and_the_rows_that_no_total_proves_are_named(visitor):
    one, _ = open_plan(visitor)
    head = "Financeur\t2027\t2028\t2029\tTotal"
    phases = "Financeur\t2027\t2028\tTotal 2027-2028\t2029\t2030\tTotal 2029-2030"

    def said(count, emptied, titles, beside):
        return f"{count} cases remplies. Le bloc, vide par endroits, efface {emptied}. La ligne de titres " \
               f"({titles.replace(chr(9), ', ')}) n’est pas collée. {beside} {NAMES}"

    check(one, [
        (0, 0, f"{phases}\n{REGION}\t5000\t5000\t10000\t\t\t\nÉtat\t1000\t1500\t2500\t4000\t5000\t9000",
         said(8, "2 montants", phases, NO_TOTALS),
         {(0, 0): "5 000", (0, 1): "5 000", (0, 2): "", (0, 3): "", (1, 0): "1 000", (1, 1): "1 500", (1, 2): "4 000",
          (1, 3): "5 000"}),
        (0, 0, f"{head}\n{REGION}\t5000\t5000\t\t", said(3, "1 montant", head, ALONE.format(f"{FIRST}, {REGION}")),
         {(0, 0): "5 000", (0, 1): "5 000", (0, 2): ""}),
        (0, 0, f"{head}\n{REGION}\t5000\t6000\t4000\t15000\nÉtat\t7000\t7000\t\t\n"
         "Partenaire fictif d’exercice\t3000\t3000\t\t",
         said(9, "2 montants", head, f"{NO_TOTALS} " + ALONE.format(
             f"{FIRST}, État » ; « {FIRST}, Partenaire fictif d’exercice")),
         {(0, 0): "5 000", (0, 1): "6 000", (0, 2): "4 000", (1, 0): "7 000", (1, 1): "7 000", (1, 2): "",
          (2, 0): "3 000", (2, 1): "3 000", (2, 2): ""}),
    ])


def test_a_row_of_sums_proves_what_it_totals_and_no_more(visitor):
    """A total of its own, on the row of a project, in a corner; one that slipped with its rows proves nothing."""
    one, _ = open_plan(visitor)
    head = "Projet\tFinanceur\t2027\t2028\t2029\tTotal"
    titles = f"La ligne de titres ({head.replace(chr(9), ', ')}) n’est pas collée."
    rows = f"{FIRST}\t{REGION}\t5000\t6000\t4000\t{{}}\n\tÉtat\t7000\t8000\t9000\t"
    laid = {(0, 0): "5 000", (0, 1): "6 000", (0, 2): "4 000", (1, 0): "7 000", (1, 1): "8 000", (1, 2): "9 000"}
    slip = f"{SECOND}\t{REGION}\t1000\t3000\t4000\t\n\tÉtat\t6000\t\t6000\t\n\tSous-total\t7000\t3000\t10000\t"
    check(one, [
        *((0, 0, f"{head}\n{block}", f"6 cases remplies. {titles} {NO_TOTALS} {NAMES}{sums}", laid)
          for block, sums in ((rows.format("39000"), ""), (f"{rows.format('')}\nTotal\t\t\t\t\t39000", ""),
                              (f"{rows.format('')}\nTotal\t\t12000\t14000\t13000\t39000", f" {SUM}"))),
        (0, 0, f"{head}\n{rows.format('15000')}24000\n{slip}",
         f"{NOTHING}sa colonne « Total » n’est pas la somme des autres ({SECOND}, {REGION}, 1000, 3000, 4000) : une "
         "case y manque peut-être. Vérifiez-le, ou copiez-le sans cette colonne.", {}),
    ])


def test_a_total_said_once_for_several_rows_is_of_them_all(visitor):
    """Of a project or of a financier, on whichever of its rows; and one that slipped in a year is heard."""
    one, _ = open_plan(visitor)
    head = "Financeur\t2028\t2029\t2030\tTotal"
    rows = (f"{REGION}\t5000\t6000\t4000\t{{}}", "État\t7000\t8000\t9000\t{}")
    laid = {(0, 1): "5 000", (0, 2): "6 000", (0, 3): "4 000", (1, 1): "7 000", (1, 2): "8 000", (1, 3): "9 000"}
    said = f"6 cases remplies. La ligne de titres ({head.replace(chr(9), ', ')}) n’est pas collée. {NO_TOTALS} {NAMES}"
    other = "10000\t20000\t30000"
    slip = "sa colonne « {} » n’est pas la somme des autres ({}) : une case y manque peut-être. Vérifiez-le, ou " \
           "copiez-le sans cette colonne."
    check(one, [
        (0, 0, "\n".join([head, rows[0].format("39000"), rows[1].format("")]), said, laid),
        (0, 0, "\n".join([head, rows[0].format(""), rows[1].format("39000")]), said, laid),
        (0, 0, "\n".join([head, f"{REGION}\t5000\t6000\t35000\t", rows[1].format("")]),
         NOTHING + slip.format("Total", f"{REGION}, 5000, 6000, 35000"), {}),
        (0, 0, "\n".join([head.replace("Total", "Coût total"), f"{REGION}\t5000\t6000\t11000\t",
                          rows[1].format("24000")]),
         NOTHING + slip.format("Coût total", f"{REGION}, 5000, 6000, 11000"), {}),
        # Proved, to the franc, by the row of sums.
        (0, 0, "\n".join([head, f"{REGION}\t{other}\t", rows[1].format(""), "Total\t17000\t28000\t39000\t84000"]),
         f"{said} {SUM}", {(0, 1): "10 000", (0, 2): "20 000", (0, 3): "30 000", (1, 1): "7 000", (1, 2): "8 000",
                           (1, 3): "9 000"}),
        (0, 0, f"Montant total\t{head[:-6]}\n".replace("Montant total\tFinanceur", "Financeur\tMontant total")
         + f"{REGION}\t15000\t5000\t6000\t4000", "3 cases remplies. La ligne de titres (Financeur, Montant total, "
         f"2028, 2029, 2030) n’est pas collée. {NO_TOTALS} {NAMES}", {(0, 1): "5 000", (0, 2): "6 000",
                                                                      (0, 3): "4 000"}),
    ])
