"""Where a pasted block falls in the financing plan, by its headings and its names, and what is refused in words."""
import pytest

from .test_plan import NAMES, PASTE, PLAN, SMALLER, SUM, YEARS, everything, exported, heads, open_plan, plain, said

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("live")]
FIRST, SECOND = "Périmètre maraîcher du Site d’exercice n° 1", "Marché à bétail régional du Site d’exercice n° 2"
REGION, STATE = "Conseil régional de l’exercice", "État"
KEEP = " Copiez-le avec « Projet » et « Financeur » seuls devant les années."
ADD = (" Écrivez-le comme elle, ajoutez-le d’abord, ou copiez le bloc sans lui (et, si c’est un projet, sans ses "
       "lignes).")
NOTHING, NO_TOTALS = "Rien n’est collé : ", "La colonne des totaux n’est pas collée."
NO_PROJECT = (f"{NOTHING}rien n’y dit le projet de la ligne « État ». Écrivez-le sur chaque ligne, dans une colonne "
              "« Projet », ou copiez un projet à la fois, sans ses totaux.")
UNIT = f"{NOTHING}« {{}} » annonce une autre unité que le franc CFA, et rien n’est converti. Copiez des francs CFA " \
       "entiers, sans ces mots ; si c’est un nom, ajoutez-le d’abord."
A_TOTAL = f"{NOTHING}sa dernière colonne semble être un total. Copiez-le avec sa ligne de titres, ou sans elle."
TO_SPARE = A_TOTAL.replace("sa dernière colonne semble être un total", "une de ses colonnes irait dans « Non réparti »")
OVER = "Au-dessus, et non collé : {}. Est-ce bien le plan ?"
OTHER_PROJECT = f"{NOTHING}« {{}} » y dit peut-être un autre projet. Écrivez-le sur chaque ligne, dans une colonne " \
                "« Projet », ou collez le bloc dans ce projet."
SELECTED = "table => { getSelection().selectAllChildren(table); return getSelection().toString(); }"


def filled(columns):
    return f"{NAMES} Colonnes remplies : {columns}."


def check(one, cases):
    """cases: (line, column, block pasted there, what is said, {(line, column): text} it changes); each is undone."""
    start, button = everything(one), one.page.get_by_role("button", name="Annuler le collage")
    width = one.page.locator("[data-line]").first.locator("input[name^=p]").count()
    differ = []
    for line, column, block, told, changes in cases:
        one.page.locator("input[name^=p]").nth(line * width + column).evaluate(PASTE, block)
        now, undone = everything(one), button.is_visible()
        found = (said(one), undone, {divmod(place, width): plain(text) for place, (_, text) in enumerate(now)
                                     if plain(text) != plain(start[place][1])})
        if found != (told, not told.startswith(NOTHING), changes):
            differ.append((block, found, told, changes))
        if undone:
            button.click()
        assert everything(one) == start
    assert (differ, one.problems) == ([], [])


def test_amounts_go_to_the_year_of_their_heading(visitor):
    one, _ = open_plan(visitor)
    head = "La ligne de titres ({}) n’est pas collée."
    unknown = f"{NOTHING}« {{}} » n’est pas une colonne de cette page ({YEARS}, Non réparti). Copiez le bloc sans elle."
    check(one, [
        (0, 0, "2028\n5\n6", f"2 cases remplies. {head.format('2028')}", {(0, 1): "5", (1, 1): "6"}),
        (0, 3, "Année 2027\t2029 (FCFA)\n5\t6", f"2 cases remplies. {head.format('Année 2027, 2029 (FCFA)')}",
         {(0, 0): "5", (0, 2): "6"}),
        (8, 0, f"Projet\tFinanceur\t2028\tTotal\n{FIRST}\tetat\t5\t5",
         f"1 case remplie. {head.format('Projet, Financeur, 2028, Total')} {NO_TOTALS} {NAMES}", {(1, 1): "5"}),
        (0, 0, "2026\n5\n6", unknown.format(2026), {}),
        (0, 0, f"Projet\tFinanceur\t2028\tCoût\n{FIRST}\tÉtat\t5\t9", unknown.format("Coût"), {}),
        (0, 0, "2028\t2028\n5\t6",
         f"{NOTHING}la colonne « 2028 » dit une année déjà dite. Copiez une seule colonne par "
         "année.", {}),
        (0, 0, "1\t2\n2027\t2028\n3\t4", f"{NOTHING}sa ligne de titres (2027, 2028) n’est pas seule, en haut. Copiez "
         "un tableau à la fois, sans rien de chiffré au-dessus de ses titres.", {}),
        (0, 0, f"Projet\tFinanceur\tMontant\n{FIRST}\tÉtat\t5",
         f"{NOTHING}sa ligne de titres (Projet, Financeur, Montant) ne dit pas les années des colonnes. Écrivez chaque "
         "année en titre de sa colonne, puis copiez de nouveau.", {}),
        (0, 0, f"{FIRST}\tÉtat\t2027\t400",
         f"{NOTHING}sa première colonne dit des années, qui ne sont pas des montants. Mettez-les en titres.", {}),
    ])


def test_years_and_names_among_the_amounts_refuse_the_block(visitor):
    one, _ = open_plan(visitor)
    years = f"{NOTHING}{{}} dit des années, qui ne sont pas des montants. Mettez-les en titres."
    first, some = years.format("sa première colonne"), years.format("une de ses colonnes")
    stray = f"{NOTHING}« {{}} » n’est pas un montant : mettez les noms en premières colonnes, ou copiez seulement " \
            "les montants."
    turned = f"{NOTHING}ses financeurs y sont en titres. Mettez les années en titres et les financeurs en lignes " \
             "(dans Excel : Collage spécial, Transposé)."
    rows = "2027\t101 000\t5\n2028\t102 000\t6"
    cases = [
        ("2026\t101 000\n2027\t102 000\n2028\t103 000", first), ("2027\t101 000\n\t7\n2028\t102 000", first),
        ("2030\t101 000\n2032\t102 000", first), (f"{FIRST}\tÉtat\t2026\t12000000", first),
        (f"{FIRST}\tÉtat\t12000000\t2026", some), ("101 000\t2025\n102 000\t2026", some),
        (f"Année\tBOAD\tGIZ\n{rows}", first), (f"\tÉtat\t{REGION}\n{rows}", turned),
        (f"Année\tÉtat\t{REGION}\n{rows}", turned),
        (f"1\t{FIRST}\tÉtat\t1\t2\t3\t4\t5", stray.format(FIRST)), ("1\tÉtat\t5\t6", stray.format(STATE)),
        ("1\tGIZ\t5\t6\n2\tBOAD\t7\t8", stray.format("GIZ")), ("5\tFCFA\n6\tFCFA", stray.format("FCFA")),
    ]
    check(one, [
        *((0, 0, block, told, {}) for block, told in cases),
        (0, 0, "5\tà préciser\n6\t",
         "4 cases remplies, dont 1 illisible. Le bloc, vide par endroits, efface 1 montant.",
         {(0, 0): "5", (0, 1): "à préciser", (1, 0): "6", (1, 1): ""}),
        (0, 0, "2 500\t600\n2027\t800", "4 cases remplies.",
         {(0, 0): "2 500", (0, 1): "600", (1, 0): "2 027", (1, 1): "800"}),
    ])
    place = one.page.locator("input[name^=p]").first.get_attribute("name").split("-")[0][1:]
    for query in (f"projet={place}", "annee=2028"):
        one.page.goto(f"{one.base}{PLAN}?{query}")
        check(one, [(0, 0, "2026\t101 000\n2027\t102 000", first, {}),
                    (0, 0, "1\tÉtat\t5", stray.format(STATE), {})])


def test_what_a_block_says_above_or_first_is_not_passed_over(visitor):
    one, _ = open_plan(visitor)
    title = OTHER_PROJECT.format(SECOND)
    first = f"{NOTHING}sa première colonne semble être un total. Copiez-le avec sa ligne de titres, ou sans elle."
    units = ["Plan (en M.FCFA)", "M CFA", "M de FCFA", "Mns FCFA", "(en M)", "K.FCFA", "x 1000", "10^6 FCFA",
             "000 FCFA", "Unité : 1 000 F CFA", "Plan — unité : 1\u00a0000 F", "unité : 1 000 000 FCFA",
             "(en 1 000 000 FCFA)", "en 1\u202f000 F CFA", "Montants (1000 F CFA)"]
    check(one, [
        *((0, 0, f"{said}\t\n512\t600", UNIT.format(plain(said)), {}) for said in units),
        (0, 0, f"{SECOND}\t\t\nFinanceur\t2027\t2028\nÉtat\t5\t6", title, {}),
        (0, 0, f"{SECOND}\t2027\t2028\nÉtat\t5\t6", title, {}),
        (0, 0, "15\t1\t2\t3\t4\t5\n25\t3\t4\t5\t6\t7", first, {}),
        (0, 0, f"{REGION}\t15\t15\nÉtat\t25\t25", f"{NOTHING}sa seconde colonne semble être un total. Copiez-le "
         "avec sa ligne de titres, ou sans elle.", {}),
        (0, 0, "500 000 FCFA\t600 000\n7 000\t8 000", "4 cases remplies.",
         {(0, 0): "500 000", (0, 1): "600 000", (1, 0): "7 000", (1, 1): "8 000"}),
        (0, 0, "13 000 000 F CFA\t1 000 F CFA\n7 000\t8 000",
         f"4 cases remplies. « {REGION}, 2027 » (13 000 000 FCFA) est d’un autre ordre que la plupart : vérifiez-le.",
         {(0, 0): "13 000 000", (0, 1): "1 000", (1, 0): "7 000", (1, 1): "8 000"}),
        (0, 0, "- F CFA\t8\n-\u00a0\u00a0 FCFA\t– F", "4 cases remplies.",
         {(0, 0): "0", (0, 1): "8", (1, 0): "0", (1, 1): "0"}),
        (0, 0, "5\t6\n7\t8\n\t\n\t", "4 cases remplies.", {(0, 0): "5", (0, 1): "6", (1, 0): "7", (1, 1): "8"}),
    ])


def test_what_counts_or_names_and_is_no_amount_refuses_the_block(visitor):
    one, _ = open_plan(visitor)
    heads = f"Projet\tFinanceur\t2027\n{FIRST}\tÉtat\t5"
    title = f"{NOTHING}« {{}} » n’est pas un montant : écrivez-le en chiffres, par exemple 400 000 000. Si c’est un " \
            "titre ou un numéro, copiez le bloc sans lui, ou avec une ligne de titres qui dit les années."
    point = title.replace("n’est pas un montant : écrivez-le en chiffres", "contient un point ou une virgule : écrivez "
                          "le montant en francs entiers")
    small = f"{NOTHING}« {{}} » serait un montant de moins de 1 000 FCFA parmi de bien plus grands. Copiez le bloc " \
            "sans numéros ni parts ; un montant si petit se tape dans sa case."
    amounts = "11 000 000\t12 000 000\n21 000 000\t22 000 000"
    years = "qui ne sont pas des montants. Mettez-les en titres"
    said = ["(1 000 F CFA)", "Unité : 1 000 000 000 F CFA", "U : 1 000 F CFA", "unité : 1,000 F", "FCFA (000)",
            "FCFA/1000", "FCFA ÷ 1 000", "par 1 000 F", "Unité : 10 3 F", "Unité : centaines de F"]
    check(one, [
        *((0, 0, f"{words}\t\t\n{heads}", UNIT.format(words), {}) for words in said),
        (0, 0, f"Plan 2027-2031, francs CFA\t\t\n{heads}",
         f"1 case remplie. La ligne de titres (Projet, Financeur, 2027) n’est pas collée. "
         f"{OVER.format('« Plan 2027-2031, francs CFA »')} {NAMES}", {(1, 0): "5"}),
        (0, 0, "2 025\t101 000\n2 026\t102 000", f"{NOTHING}sa première colonne dit des années, {years}.", {}),
        (0, 0, "101 000\t102 000\n2025\t2026", f"{NOTHING}une de ses lignes dit des années (2025, 2026), {years}, "
         "en haut.", {}),
        (0, 0, "1\t12 000 000\n2\t13 000 000\n3\t14 000 000", small.format(1), {}),
        (0, 0, "10\t12 000 000\n20\t900", small.format(10), {}),
        (0, 0, f"18\t19\n{amounts}", small.format(18), {}),
        (0, 0, "7\t11 000 000\t12 000 000", small.format(7), {}),
        (0, 0, "11 000 000\t48\n21 000 000\t52", small.format(48), {}),
        (0, 0, "1.1\t11 000 000", point.format("1.1"), {}),
        (0, 0, "11.000.000\t12.000.000\n21.000.000\t22.000.000", point.format("11.000.000"), {}),
        *((0, 0, f"{one}\t{other}\n{amounts}", title.format(one), {}) for one, other in (
            ("31/12/2027", "31/12/2028"), ("2027-2028", "2028-2029"))),
        (0, 0, "11 000 000\t48,5 %\n21 000 000\t51,5 %", title.format("48,5 %"), {}),
        (0, 0, "Montants\n5\n6", title.format("Montants"), {}),
    ])


def test_a_total_never_falls_in_another_column(visitor):
    one, _ = open_plan(visitor)
    one.page.goto(one.base + PLAN.replace("plan/", ""))
    whole = one.page.locator("[aria-labelledby=plan] table").first.evaluate(SELECTED).replace("—", "")
    one.page.goto(one.base + PLAN)
    rows = exported(one)
    some = ["\t".join([*row[1:7], row[8]]) for row in rows[4:7]]
    check(one, [
        (0, 2, whole, f"45 cases remplies. {heads('Projet et financeurs, ', ', Total')} {NAMES} Lignes de "
                      "total, ou sans financeur, non collées : 7.", {}),
        (0, 0, "\n".join(some), f"15 cases remplies. {NO_TOTALS} {filled(YEARS)}", {}),
        (0, 0, "\n".join(row.partition("\t")[2] for row in some), f"15 cases remplies. {NO_TOTALS}", {}),
        (0, 0, "1\t2\t3", A_TOTAL, {}),
        (0, 4, "5\t5\n7\t7", TO_SPARE, {}),
        (0, 0, "5\t5\t11\n700\t7\t707\n100\t20\t120", A_TOTAL, {}),
        (0, 0, "1\t2\t3\n4\t5\t6", "6 cases remplies.",
         {(line, column): str(line * 3 + column + 1) for line in range(2) for column in range(3)}),
        (0, 0, "\n".join(row[2] for row in [rows[7], rows[4]]), f"{NOTHING}des lignes de ce bloc semblent être des "
         "sous-totaux. Copiez-le avec ses colonnes « Projet » et « Financeur », ou un projet à la fois.", {}),
    ])


def test_a_row_goes_to_the_line_of_its_name_or_nowhere(visitor):
    one, _ = open_plan(visitor)
    check(one, [
        (0, 0, f"{STATE}\t3\t4\n{REGION.upper()}\t1\t2", f"4 cases remplies. {filled('2027, 2028')}",
         {(0, 0): "1", (0, 1): "2", (1, 0): "3", (1, 1): "4"}),
        (3, 0, "Financeur\t2027\nEtat\t3",
         f"1 case remplie. La ligne de titres (Financeur, 2027) n’est pas collée. {NAMES}", {(4, 0): "3"}),
        (0, 0, f"{FIRST}\tÉtat\t300\n{FIRST}\tÉtat\t500",
         f"{NOTHING}la ligne « {FIRST}, État » y est deux fois. Additionnez-les, ou copiez le bloc sans l’une d’elles.",
         {}),
        (0, 0, f"{FIRST}\tGIZ\t7\t8",
         f"{NOTHING}aucune de ses lignes n’est dans cette page (« {FIRST}, GIZ »). Écrivez les noms comme elle, le "
         "projet d’abord, ou ajoutez-les.", {}),
        (0, 0, f"Projet\tFinanceur\t2027\n{FIRST}\tGIZ\t7",
         f"{NOTHING}aucune de ses lignes n’est dans cette page (« {FIRST}, GIZ »). Écrivez les noms comme elle, le "
         "projet d’abord, ou ajoutez-les.", {}),
        (0, 0, f"{FIRST}\tGIZ\t7\t8\n{FIRST}\tÉtat\t5\t6", f"2 cases remplies. {filled('2027, 2028')} Sans ligne dans "
         f"cette page, et non collé : « {FIRST}, GIZ ».", {(1, 0): "5", (1, 1): "6"}),
        (0, 0, "État\t5\nGIZ\t6", f"{NOTHING}« GIZ » n’est ni un projet ni un financeur de cette page.{ADD}", {}),
        (0, 0, f"État\t5\n{SECOND}\t9\nÉtat\t6", f"{NOTHING}rien n’y dit le projet de la ligne « État ». "
         "Écrivez-le sur chaque ligne, dans une colonne « Projet », ou copiez un projet à la fois, sans ses totaux.",
         {}),
        (0, 0, "\t5\nÉtat\t6", NO_PROJECT, {}),
        (0, 0, f"{FIRST}\t9", f"{NOTHING}il ne porte que des totaux. Copiez-le avec une colonne « Financeur ».",
         {}),
    ])


def test_names_without_headings_keep_their_years(visitor):
    one, _ = open_plan(visitor)
    rows = ["\t".join(row) for row in exported(one)[4:]]
    row = f"{FIRST}\tÉtat\t5\t6"
    check(one, [
        (0, 2, "\n".join(rows), f"54 cases remplies. {NO_TOTALS} {filled(f'{YEARS}, Non réparti')} Lignes de "
                                "total, ou sans financeur, non collées : 4.", {}),
        (0, 1, f"{FIRST}\tÉtat\t1\t2\t3\t4\t5", f"5 cases remplies. {filled(YEARS)}",
         {(1, column): str(column + 1) for column in range(5)}),
        (0, 2, row, f"2 cases remplies. {filled('2029, 2030')}", {(1, 2): "5", (1, 3): "6"}),
        (0, 5, row, f"{NOTHING}ses 2 colonnes de montants n’entrent pas à partir de « Non réparti ». Copiez-le avec sa "
                    "ligne de titres.", {}),
    ])


def test_another_unit_refuses_the_block(visitor):
    one, _ = open_plan(visitor)
    check(one, [(0, 0, block, UNIT.format(unit), {}) for block, unit in [
        ("(en millions de FCFA)\t\n1\t2", "(en millions de FCFA)"), ("2027 (M FCFA)\t2028\n1\t2", "2027 (M FCFA)"),
        ("1\t2 €", "2 €"), ("1\t2\nMontants en milliers\t", "Montants en milliers"), ("1\t5 dollars", "5 dollars")]])


def test_a_financier_is_known_by_its_whole_name_and_by_its_acronym(visitor):
    one, _ = open_plan(visitor)
    project = one.page.locator("tbody[data-project]").first
    project.locator("select").select_option(label="Agence de développement régional de l’exercice")
    project.get_by_role("button", name="Ajouter").click()
    for name in ("ADR", "AGENCE DE DEVELOPPEMENT REGIONAL DE L'EXERCICE"):
        check(one, [(0, 0, f"{name}\t5", f"1 case remplie. {filled('2027')}", {(3, 0): "5"})])


def test_a_position_takes_only_the_lines_of_its_project(visitor):
    one, _ = open_plan(visitor)
    rows = exported(one)
    second = one.page.locator("[data-project]").nth(1).get_attribute("id").removeprefix("projet-")
    one.page.goto(f"{one.base}{PLAN.replace('plan/', f'positions/{second}/ajouter/')}")
    totals = "\n".join("\t".join([*row[1:7], row[8]]) for row in rows[8:11])
    changes = {(line, column): rows[8 + line][2 + column] for line in range(2) for column in range(5)}
    check(one, [
        (0, 0, totals, f"15 cases remplies. {NO_TOTALS} {filled(YEARS)}",
         {place: plain(text) for place, text in changes.items()}),
        (0, 0, f"{FIRST}\t9\nÉtat\t5",
         f"{NOTHING}« {FIRST} » n’est ni un projet ni un financeur de cette page.{ADD}", {}),
        (0, 0, f"{SECOND}\t5\n{STATE}\t5", f"1 case remplie. {filled('2027')} {SUM}", {(1, 0): "5"}),
    ])


def test_a_block_without_all_its_headings_says_its_corners_and_what_is_odd_in_it(visitor):
    one, _ = open_plan(visitor)
    partner, reread = "Partenaire fictif d’exercice", " : sans tous ses titres, relisez chaque montant."
    odd = f" « {REGION}, {{}} FCFA) est d’un autre ordre que la plupart : vérifiez-le."
    erased = " Le bloc, vide par endroits, efface {}."
    cases = [
        ("23110\t11 000 000\n23120\t21 000 000", 4, (REGION, 2027, "23 110"), (STATE, 2028, "21 000 000"),
         SMALLER + odd.format("2027 » (23 110")),
        ("43101\t43466\n11 000 000\t12 000 000", 4, (REGION, 2027, "43 101"), (STATE, 2028, "12 000 000"),
         odd.format("2027 » (43 101")),
        ("10 000 000\t23 110\t20 000 000\n1 000 000\t23 111\t30 000 000", 6, (REGION, 2027, "10 000 000"),
         (STATE, 2029, "30 000 000"), odd.format("2028 » (23 110")),
        ("11 000 000\t2 027 001 234\t9 000 000\n8 000 000\t7 000 000\t6 000 000", 6, (REGION, 2027, "11 000 000"),
         (STATE, 2029, "6 000 000"), odd.format("2028 » (2 027 001 234")),
        ("10 000 000\t400 000 000\n20 000 000\t-", 4, (REGION, 2027, "10 000 000"), (STATE, 2028, "0"), ""),
        ("400\t36", 2, (REGION, 2027, "400"), (REGION, 2028, "36"), SMALLER),
        ("5\t6\n\t\n7\t8", 6, (REGION, 2027, "5"), (partner, 2028, "8"), SMALLER + erased.format("2 montants")),
        ("5\t6\n\t8", 4, (REGION, 2027, "5"), (STATE, 2028, "8"), SMALLER + erased.format("1 montant")),
        ("2028\t2029\n5\t6\n7\t8", 4, (REGION, 2028, "5"), (STATE, 2029, "8"),
         f"{SMALLER} La ligne de titres (2028, 2029) n’est pas collée."),
        ("Budget 2028*\t2029\n5\t6\n7\t8", 4, (REGION, 2028, "5"), (STATE, 2029, "8"),
         f"{SMALLER} La ligne de titres (Budget 2028*, 2029) n’est pas collée."),
        ("\t5\t6", 3, (REGION, 2027, "0"), (REGION, 2029, "6"), SMALLER + erased.format("1 montant")),
    ]
    found, expected = [], []
    for block, count, first, last, told in cases:
        one.page.locator("input[name^=p]").first.evaluate(PASTE, block)
        notice = one.page.locator("[data-said]")
        found.append((plain(notice.inner_text()), "warning" in notice.get_attribute("class")))
        one.page.get_by_role("button", name="Annuler le collage").click()
        corners = " à ".join(f"« {name}, {year} » ({amount} FCFA)" for name, year, amount in (first, last))
        expected.append((f"{count} cases remplies. De {corners}{reread}{told}", True))
    assert (found, one.problems) == (expected, [])
