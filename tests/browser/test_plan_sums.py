"""What sums a pasted block up, in a column or a row, without a heading or a word that says so, is never laid."""
import pytest

from .test_plan import NAMES, PLAN, SUM, YEARS, everything, open_plan, plain
from .test_plan_paste import (
    A_TOTAL,
    FIRST,
    NO_TOTALS,
    NOTHING,
    OTHER_PROJECT,
    REGION,
    SECOND,
    TO_SPARE,
    check,
    filled,
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("live")]


def test_a_total_of_rows_paid_in_one_year_is_seen_without_headings(visitor):
    one, _ = open_plan(visitor)
    first = A_TOTAL.replace("dernière", "première")
    partner = "Partenaire fictif d’exercice"
    check(one, [
        *((0, 0, f"{names}\t5000\t\t\t\t5000", A_TOTAL, {}) for names in (f"{FIRST}\t{partner}\t", f"{REGION}\t")),
        (0, 0, f"{FIRST}\t{REGION}\t\t5000\t\t\t5000\n{SECOND}\t{REGION}\t6000\t\t\t\t6000", A_TOTAL, {}),
        (0, 0, "\t5000\t\t\t5000", A_TOTAL, {}), (0, 0, "5000\t\t5000\t\t\t", first, {}),
        *((0, 2, f"{left}{FIRST}\t{partner}\t\t5000\t\t\t",
           f"5 cases remplies. Le bloc, vide par endroits, efface 1 montant. {filled(YEARS)}",
           {(2, 1): "5 000", (2, 2): ""}) for left in ("", "\t\t")),
        (0, 2, f"{FIRST}\t{partner}\t5000\t6000\t\t\t\t\t\t", f"2 cases remplies. {filled('2029, 2030')}",
         {(2, 2): "5 000", (2, 3): "6 000"}),
        (0, 0, f"{REGION}\t5000\t7000\t6000", f"3 cases remplies. {filled('2027, 2028, 2029')}",
         {(0, 0): "5 000", (0, 1): "7 000", (0, 2): "6 000"}),
    ])


def test_a_cost_beside_the_years_is_not_laid_without_headings(visitor):
    """The cost of each project, in a merged cell or on each row, would fall in « Non réparti », or in one more year."""
    one, _ = open_plan(visitor)
    rows = [f"{FIRST}\t{REGION}\t5000\t6000{{}}\t{{}}", "{}\tÉtat\t7000\t8000{}\t{}",
            f"{SECOND}\t{REGION}\t1000\t2000{{}}\t{{}}"]

    def block(between, *costs, project=""):
        return "\n".join([rows[0].format(between, costs[0]), rows[1].format(project, between, costs[1]),
                          rows[2].format(between, costs[2])])
    costs = (26000, "", 3000), (26000, 26000, 3000)
    check(one, [
        *((0, 0, block("", *some, project=name), A_TOTAL, {}) for some in costs for name in ("", FIRST)),
        *((0, 0, block("\t\t\t", *some), A_TOTAL, {}) for some in costs),
        *((0, column, f"{left}1\t2\t3\t4\t5\t15\n6\t7\t8\t9\t1\t31".replace("\n", f"\n{left}"), TO_SPARE, {})
          for column, left in ((1, ""), (0, "\t"))),
        (0, 0, block("\t\t\t", 90000, "", 4000), TO_SPARE, {}), (0, 4, "5000\t6000", TO_SPARE, {}),
        (0, 0, "1\t2\t3\t4\t5\t700", TO_SPARE, {}), (0, 4, "5000\t\n7000\t0", "4 cases remplies.",
                                                {(0, 4): "5 000", (1, 4): "7 000", (1, 5): "0"}),
        (0, 5, "5000\n7000", "2 cases remplies.", {(0, 5): "5 000", (1, 5): "7 000"}),
    ])


def test_a_cost_is_seen_before_the_years_and_on_any_row_of_its_project(visitor):
    one, _ = open_plan(visitor)
    first = A_TOTAL.replace("dernière", "première")

    def block(*rows):
        names = [(FIRST, REGION), ("", "État"), (SECOND, REGION)]
        return "\n".join("\t".join([*names[place], *row.split()]) for place, row in rows).replace("_", "")
    check(one, [
        (0, 0, block((0, "26000 5000 6000"), (1, "_ 7000 8000"), (2, "3000 1000 2000")), first, {}),
        (0, 0, block((0, "26000 5000 6000"), (1, "26000 7000 8000"), (2, "3000 1000 2000")), first, {}),
        (0, 0, "26000\t5000\t6000\n\t7000\t8000", first, {}),
        (0, 0, block((0, "5000 12000"), (1, "7000 _"), (2, "1000 1000")), A_TOTAL, {}),
        (0, 0, block((0, "5000 6000 _"), (1, "7000 8000 26000"), (2, "3000 4000 7000")), A_TOTAL, {}),
        (0, 0, block((0, "5000 6000 26000"), (1, "7000 8000 26000"), (2, "12000 14000 26000")), A_TOTAL, {}),
        (0, 0, f"{FIRST}\t{REGION}\t5000\t7000\n\tÉtat\t6000\t9000", f"4 cases remplies. {filled('2027, 2028')}",
         {(0, 0): "5 000", (0, 1): "7 000", (1, 0): "6 000", (1, 1): "9 000"}),
    ])


def test_a_summing_up_without_a_word_is_seen_at_its_amounts(visitor):
    """« ∑ », years, or nothing beside a financier; one year may differ, and one row above may be a coincidence."""
    one, _ = open_plan(visitor)
    heads = "Projet\tN°\tFinanceur\t2027\t2028\t2029"
    third = one.page.locator("[data-project]").nth(2).get_attribute("data-project")
    rows = f"{heads}\n{FIRST}\t1\tÉtat\t5000\t6000\t7000\n{SECOND}\t2\tÉtat\t1500\t2500\t3500\n{third}\t3\t{REGION}" \
           "\t800\t900\t1000\n\t{}\tÉtat\t6500\t{}\t10500"
    told = f"{NOTHING}une ligne sans projet (« État ») y est la somme de celles du même nom. Écrivez-le sur chaque " \
           "ligne, ou copiez le bloc sans elle."
    check(one, [(0, 0, rows.format(label, amount), told, {})
                for label in ("∑", "1-3", "2027-2031", "") for amount in (8500, 9500)])


def test_a_sum_that_names_another_project_is_heard(visitor):
    """One of a longer name, one that this page has not; a sum of all, or of a financier, says nothing of the sort."""
    one, _ = open_plan(visitor)
    block, laid = f"Financeur\t2028\n{REGION}\t5000\n{{}}\t5000", {(0, 1): "5 000"}
    said = f"{NOTHING}« {{}} » y dit peut-être un autre projet. Écrivez-le sur chaque " \
           "ligne, dans une colonne « Projet », collez le bloc dans ce projet, ou copiez-le sans cette ligne."
    told = f"1 case remplie. La ligne de titres (Financeur, 2028) n’est pas collée. {NAMES} {SUM}"
    of_all = ["Total général", "TOTAL", "S/Total :", f"Total {REGION}", f"Sous-total {FIRST}", "Total (FCFA)",
              f"Total du projet {FIRST}", "Total des partenaires", "Total 2027-2031", "Total en francs CFA"]
    others = ["Total Puits", f"Total {SECOND}", "Total projet 2", "Total (2)", f"Total {FIRST} bis", f"Total {FIRST}1"]
    check(one, [*((0, 0, block.format(name), told, laid) for name in of_all),
                *((0, 0, block.format(name), said.format(name), {}) for name in others)])
    one.page.evaluate("name => { document.querySelectorAll('[data-project]')[1].dataset.project = name; }",
                      f"{FIRST} bis")
    check(one, [(0, 0, block.format(f"Total {FIRST} bis"), said.format(f"Total {FIRST} bis"), {}),
                (0, 0, block.format(f"Total {FIRST}"), told, laid)])
    address = one.page.locator("a[href^='?projet=']").first.get_attribute("href")
    one.page.goto(f"{one.base}{PLAN}{address}")
    check(one, [*((0, 0, block.format(name), said.format(name), {}) for name in others),
                *((0, 0, block.format(name), told, laid) for name in of_all)])


def test_a_summing_up_beside_the_names_is_seen_at_its_amounts(visitor):
    one, _ = open_plan(visitor)
    block = f"Projet\tSite\tFinanceur\t2028\n{FIRST}\tA\t{REGION}\t5000\n\t\tÉtat\t6000\n" \
            f"{SECOND}\tB\tÉtat\t7000\n\tC\t{REGION}\t{{}}"
    check(one, [
        (0, 0, block.format(5000), f"{NOTHING}« C » y est sur une ligne sans projet. Écrivez-le sur chaque ligne, ou "
         "copiez le bloc sans cette colonne.", {}),
        (0, 0, block.format(8000), "4 cases remplies. La ligne de titres (Projet, Site, Financeur, 2028) n’est pas "
         f"collée. Colonnes non collées : Site. {NAMES}",
         {(0, 1): "5 000", (1, 1): "6 000", (4, 1): "7 000", (3, 1): "8 000"}),
        (0, 0, f"Projet\tSite\tFinanceur\t2028\n{FIRST}\tA\tÉtat\t\n{SECOND}\tB\t{REGION}\t7000\n\tC\tÉtat\t",
         "3 cases remplies. Le bloc, vide par endroits, efface 2 montants. La ligne de titres (Projet, Site, "
         f"Financeur, 2028) n’est pas collée. Colonnes non collées : Site. {NAMES}",
         {(1, 1): "", (3, 1): "7 000", (4, 1): ""})])


def test_a_block_wider_than_the_page_from_the_caret_is_not_cut(visitor):
    """Its years would shift: on the page of one year, or from « Non réparti »."""
    one, _ = open_plan(visitor)
    row = "5000\t6000\t7000\t8000\t9500"
    told = f"{NOTHING}ses 5 colonnes de montants n’entrent pas à partir de « {{}} ». Copiez-le avec sa ligne de titres."
    check(one, [(0, 5, row, told.format("Non réparti"), {}), (0, 2, row, told.format("2029"), {})])
    one.page.goto(f"{one.base}{PLAN}?annee=2028")
    check(one, [(0, 0, f"{row}\n{row}", told.format("2028"), {}), (1, 0, "5000", "1 case remplie.", {(1, 0): "5 000"})])


def test_a_column_of_words_without_headings_is_not_laid(visitor):
    one, _ = open_plan(visitor)
    row = f"{FIRST}\t{{}}\t5000\t6000\t7000\t8000\t9500\t{{}}"
    check(one, [(0, 0, f"{row.format(REGION, 'à confirmer')}\n{row.format('État', '')}", TO_SPARE, {})])


def test_a_total_merged_over_two_rows_of_headings_is_one(visitor):
    one, _ = open_plan(visitor)
    rows = f"{FIRST}\t{REGION}\t5000\t6000\t11000\n\tÉtat\t7000\t8000\t15000"
    check(one, [(0, 0, f"Projet\tFinanceur\tAnnées\t\tTotal\n\t\t2028\t2029\t\n{rows}",
                 f"4 cases remplies. La ligne de titres (2028, 2029, Total) n’est pas collée. {NO_TOTALS} {NAMES}",
                 {(0, 1): "5 000", (0, 2): "6 000", (1, 1): "7 000", (1, 2): "8 000"})])


def test_a_row_that_adds_up_the_others_is_no_line(visitor):
    one, _ = open_plan(visitor)
    told = f"{NOTHING}une de ses lignes en additionne d’autres : un total, ou un financeur qui apporte autant " \
           "qu’elles. Copiez-le avec sa colonne « Financeur »."
    check(one, [*((0, 0, block, told, {}) for block in (
        "5000\t6000\n7000\t8500\n12000\t14500", "12000\t14500\n5000\t6000\n7000\t8500", "5000\n7000\n12000",
        "2028\t2029\n5000\t6000\n7000\t8500\n12000\t14500")),
        (0, 0, "5000\t6000\n7000\t8500\n12001\t14499", told, {}),
        (0, 0, "5000\t6000\n7000\t8500\n12000\t15500", "6 cases remplies.", {
            (0, 0): "5 000", (0, 1): "6 000", (1, 0): "7 000", (1, 1): "8 500", (2, 0): "12 000", (2, 1): "15 500"}),
        (0, 0, "5000\n7000\n12001", "3 cases remplies.", {(0, 0): "5 000", (1, 0): "7 000", (2, 0): "12 001"})])


def test_a_column_that_says_a_total_among_words_is_one(visitor):
    """One year, and it may be what the plan says of it."""
    one, _ = open_plan(visitor)
    head, row = "Projet\tFinanceur\t2028\t2029\t{}", f"{FIRST}\t{REGION}\t5000\t6000\t11000"
    check(one, [
        *((0, 0, f"{head.format(title)}\n{row}", "2 cases remplies. La ligne de titres (Projet, Financeur, 2028, 2029, "
           f"{title}) n’est pas collée. {NO_TOTALS} {NAMES}", {(0, 1): "5 000", (0, 2): "6 000"})
          for title in ("Total 2027-2031", "Montant total", "Coût total du projet")),
        (0, 0, f"{head.format('Montant total 2030')}\n{row}", f"{NOTHING}« Montant total 2030 » ne dit peut-être pas "
         "les montants du plan. Si c’est eux, écrivez l’année seule en titre ; sinon, copiez le bloc sans cette "
         "colonne.", {}),
        (0, 0, f"{head.format('Total décaissé')}\n{row}", f"{NOTHING}« Total décaissé » dit peut-être autre chose que "
         "les montants du plan. Si c’est eux, copiez le bloc sans ces mots.", {}),
        (0, 0, f"{head.format('Total hors taxes')}\n{row}", f"{NOTHING}« Total hors taxes » n’est pas une colonne de "
         f"cette page ({YEARS}, Non réparti). Copiez le bloc sans elle.", {}),
    ])


def test_the_sums_of_all_projects_go_to_none(visitor):
    """Financier by financier, what the page has for all of them, with nothing that says a project."""
    one, _ = open_plan(visitor)
    texts = [plain(text).replace(" ", "") for _, text in everything(one)]
    width, names = 6, (REGION, "État", "Partenaire fictif d’exercice")
    sums = [[sum(int(texts[line * width + column] or 0) for line in range(place, len(texts) // width, 3))
             for column in (0, 1)] for place in range(3)]
    block = "\n".join(["Financeur\t2027\t2028", *(f"{name}\t{one}\t{two}" for name, (one, two) in zip(
        names, sums, strict=True))])
    amounts = "\n".join(f"{one}\t{two}" for one, two in sums)
    check(one, [(3, 0, block, f"{NOTHING}ses montants sont ceux de tous les projets de cette page, et rien n’y dit un "
                 "projet. Copiez-le avec sa colonne « Projet ».", {}) for block in (block, amounts)])


def test_the_sum_of_a_project_is_not_that_of_the_rows_of_another(visitor):
    one, _ = open_plan(visitor)
    rows = (f"{FIRST}\t{REGION}\t5000", "\tÉtat\t6000", "{}\t\t11000",
            f"{SECOND}\t{REGION}\t1000", "\tÉtat\t4000", "{}\t\t5000")
    block = "Projet\tFinanceur\t2028\n" + "\n".join(rows)
    check(one, [
        (0, 0, block.format(f"Total {FIRST}", f"Total {SECOND}"), "4 cases remplies. La ligne de titres (Projet, "
         f"Financeur, 2028) n’est pas collée. {NAMES} {SUM.replace('1', '2')}",
         {(0, 1): "5 000", (1, 1): "6 000", (3, 1): "1 000", (4, 1): "4 000"}),
        (0, 0, block.format(f"Total {SECOND}", f"Total {FIRST}"), f"{NOTHING}sa ligne « Total {SECOND}, 11000 » ne se "
         "retrouve pas dans les autres. Copiez-le sans elle.", {}),
    ])


def test_a_sum_of_a_million_alone_on_its_row_is_no_unit(visitor):
    one, _ = open_plan(visitor)
    check(one, [(0, 0, f"Financeur\t2028\n{REGION}\t400 000\nÉtat\t600 000\n\t1 000 000", "2 cases remplies. La ligne "
                 f"de titres (Financeur, 2028) n’est pas collée. {NAMES} {SUM}",
                 {(0, 1): "400 000", (1, 1): "600 000"})])


def test_the_sum_of_a_project_may_be_its_first_row(visitor):
    one, _ = open_plan(visitor)
    check(one, [(0, 0, f"Projet\tFinanceur\t2028\n{FIRST}\tTotal\t11000\n\t{REGION}\t5000\n\tÉtat\t6000\n{SECOND}\t"
                 f"Total\t7000\n\tÉtat\t7000", f"3 cases remplies. La ligne de titres (Projet, Financeur, 2028) n’est "
                 f"pas collée. {NAMES} {SUM.replace('1', '2')}",
                 {(0, 1): "5 000", (1, 1): "6 000", (4, 1): "7 000"})])


def test_the_total_of_another_project_or_of_several_is_heard_in_a_column(visitor):
    one, _ = open_plan(visitor)
    head, row = "Financeur\t2028\t2029\t{}", f"{REGION}\t5000\t6000\t11000"
    check(one, [
        *((0, 0, f"{head.format(title)}\n{row}", OTHER_PROJECT.format(title), {})
          for title in (f"Total {SECOND}", f"Total hors {SECOND}", "Total des projets", "Total CPER", "Total du plan")),
        *((0, 0, f"{head.format(title)}\n{row}", "2 cases remplies. La ligne de titres (Financeur, 2028, 2029, "
           f"{title}) n’est pas collée. {NO_TOTALS} {NAMES}", {(0, 1): "5 000", (0, 2): "6 000"})
          for title in (f"Total {FIRST}", "Total général", "Total du projet")),
    ])


def test_shares_of_the_sum_of_each_project_are_heard(visitor):
    one, _ = open_plan(visitor)
    rows = [(FIRST, REGION, 5000), ("", "État", 6000), ("", "Total", 11000), ("", "dont État", 6000),
            (SECOND, REGION, 1000), ("", "État", 4000), ("", "Total", 5000), ("", "dont État", 4000)]
    part = [(FIRST, REGION, 5000), (FIRST, "État", 6000), (FIRST, "Partenaire fictif d’exercice", 7000),
            (FIRST, "Sous-total État et partenaires", 13000)]
    check(one, [(0, 0, "\n".join(["Projet\tFinanceur\t2028", *("\t".join(map(str, row)) for row in some)]),
                 f"{count} cases remplies. La ligne de titres (Projet, Financeur, 2028) n’est pas collée. {NAMES} "
                 f"{SUM.replace('1', str(sums))}", laid) for some, count, sums, laid in (
        (rows, 4, 4, {(0, 1): "5 000", (1, 1): "6 000", (3, 1): "1 000", (4, 1): "4 000"}),
        (part, 3, 1, {(0, 1): "5 000", (1, 1): "6 000", (2, 1): "7 000"}))])
