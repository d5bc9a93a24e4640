"""How the headings of a pasted block are read: years among words, columns beside, titles above; the rest is refused."""
import pytest

from .test_plan import NAMES, PASTE, PLAN, SMALLER, SUM, open_plan, plain
from .test_plan_paste import (
    ADD,
    FIRST,
    KEEP,
    NO_PROJECT,
    NO_TOTALS,
    NOTHING,
    OTHER_PROJECT,
    OVER,
    REGION,
    SECOND,
    UNIT,
    check,
)

TEXT = f"{NOTHING}ce texte n’a pas de cases. Copiez celles d’un tableur, ou importez le fichier."
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("live")]


def test_what_only_looks_like_another_unit_a_total_or_a_title_is_pasted(visitor):
    one, _ = open_plan(visitor)
    heads, row = "Projet\tFinanceur\t2027\t2028", f"{FIRST}\tÉtat\t5\t6"
    laid, told = {(1, 0): "5", (1, 1): "6"}, f"2 cases remplies. La ligne de titres ({{}}) n’est pas collée. {NAMES}"
    above = ["Unité : francs CFA", "(Unité : FCFA)", "Unité de gestion du CPER", "Opportunités de la Région",
             "Édition 2000", "Contrat-plan, 1000 jours"]
    check(one, [
        *((0, 0, f"{title}\t\t\t\n{heads}\n{row}", told.format("Projet, Financeur, 2027, 2028").replace(
            NAMES, f"{OVER.format(f'« {title} »')} {NAMES}"), laid) for title in above),
        *((0, 0, f"{title}\t\t\t\n{heads}\n{row}", UNIT.format(title), {})
          for title in ("Amounts in thousands of FCFA", "Montants en UC", "Kilofrancs CFA", "Francs guinéens",
                        "Unité : (1 000 F CFA)")),
        (0, 0, f"Projet\tFinanceur\tMontant 2027\tMontants en 2028\n{row}",
         told.format("Projet, Financeur, Montant 2027, Montants en 2028"), laid),
        (0, 0, f"Intitulé du projet\tPartenaire\t2028\n{FIRST}\tÉtat\t6",
         f"1 case remplie. La ligne de titres (Intitulé du projet, Partenaire, 2028) n’est pas collée. {NAMES}",
         {(1, 1): "6"}),
        (0, 0, f"{SECOND}\tFinanceur\t2028\t2029\n\t{REGION}\t5\t6\n\tÉtat\t7\t8",
         OTHER_PROJECT.format(SECOND), {}),
        (0, 0, f"{heads}\n{row}\nPrêt BID\t\t7\t8",
         f"{told.format('Projet, Financeur, 2027, 2028')} Sans ligne dans cette page, et non collé : « Prêt BID ».",
         laid),
    ])


def test_headings_as_tables_have_them_are_read(visitor):
    """Years among words, columns beside, headings on two rows; another figure is refused, saying how to copy."""
    one, _ = open_plan(visitor)
    laid, row, columns = {(1, 1): "5 000", (1, 2): "6 000"}, f"{FIRST}\tÉtat\t5000\t6000", "Projet\tFinanceur"

    def told(count, head, more=""):
        heads = ", ".join(head.split("\t"))
        return f"{count} case{'s'[:count > 1]} remplie{'s'[:count > 1]}. La ligne de titres ({heads}) n’est pas " \
               f"collée.{more} {NAMES}"
    whole = "N°\tProjet\tSite\tCoût\tFinanceur\t2028\t2029\tTotal"
    rows = f"1\t{FIRST}\tS\t900 000\tÉtat\t5000\t6000\t11000\n\t\t\t\t{REGION}\t7000\t8000\t15000\n" \
           "Total\t\t\t\t\t12000\t14000\t26000"
    heads = [f"{columns}\t{years}" for years in (
        "2028 (francs CFA)\t2029 (francs CFA)", "Prévision 2028\tPrévision 2029", "CPER 2028\tCPER 2029")]
    state = f"{FIRST}\tÉtat\t5000"
    check(one, [
        *((0, 0, f"{head}\n{row}", told(2, head), laid) for head in heads),
        *((0, 0, f"{columns}\t{above}\t\n\t\t2028\t2029\n{row}", told(2, "2028\t2029"), laid)
          for above in ("Années", "Montants (FCFA)")),
        (0, 0, f"{whole}\n{rows}", told(4, whole, f" Colonnes non collées : N°, Site, Coût. {NO_TOTALS}") + f" {SUM}",
         laid | {(0, 1): "7 000", (0, 2): "8 000"}),
        (0, 0, f"Bailleur\tIntitulé du projet\t2028\nÉtat\t{FIRST}\t5000",
         told(1, "Bailleur\tIntitulé du projet\t2028"), {(1, 1): "5 000"}),
        (0, 0, f"Contrat-plan 2027\t\t\n{columns}\t2028\n{state}", told(
            1, f"{columns}\t2028", f" {OVER.format('« Contrat-plan 2027 »')}"), {(1, 1): "5 000"}),
        (0, 0, f"{columns}\t2028\n{FIRST}\tTotalEnergies\t7000\n{state}", told(1, f"{columns}\t2028") +
         f" Sans ligne dans cette page, et non collé : « {FIRST}, TotalEnergies ».", {(1, 1): "5 000"}),
        (0, 0, f"{columns}\tTotal 2028\n{state}",
         f"{NOTHING}sa ligne de titres (Projet, Financeur, Total 2028) ne dit pas les années des colonnes. Écrivez "
         "chaque année en titre de sa colonne, puis copiez de nouveau.", {}),
        (0, 0, f"Exercice 2028\t\t\n{state}", f"{NOTHING}« {FIRST} » n’est pas un montant : écrivez chaque année en "
         "titre, au-dessus de ses montants, ou copiez seulement les montants.", {}),
        (0, 0, f"Axe\tProjet\tProjet\tFinanceur\t2028\nA\t{FIRST}\tB\tÉtat\t5000",
         f"{NOTHING}il a plus de deux colonnes avant celles des années.{KEEP}", {}),
        (0, 0, f"Projet;Financeur;2028\n{FIRST};État;5000", TEXT, {}),
    ])
    one.page.goto(f"{one.base}{PLAN}?annee=2028")
    check(one, [(0, 0, f"{columns}\t2028\t2029\n{row}", f"{NOTHING}« 2029 » n’est pas une colonne de cette page "
                 "(2028). Copiez le bloc sans elle, ou collez-le dans le plan entier.", {})])


def test_a_heading_in_unknown_words_is_not_guessed(visitor):
    """A false amount is worse than a second copy: only words that change nothing are passed over beside a year."""
    one, _ = open_plan(visitor)
    columns, state = "Projet\tFinanceur", f"{FIRST}\tÉtat\t5000"
    other = f"{NOTHING}« {{}} » ne dit peut-être pas les montants du plan. Si c’est eux, écrivez l’année seule en " \
            "titre ; sinon, copiez le bloc sans cette colonne."
    stranger = f"{NOTHING}« {{}} » dit peut-être autre chose que le projet ou le financeur.{KEEP}"
    done = f"{NOTHING}« {{}} » dit peut-être autre chose que les montants du plan. Si c’est eux, copiez le bloc " \
           "sans ces mots."
    words = ["2029 et après", "Bénéficiaires 2029", "2029 (1)", "Fin 2029", "Coût (valeur 2029)"]
    units = ["2029 M", "2029 en M", "2029 (MM)", "2029 - k"]
    check(one, [
        *((0, 0, f"{columns}\t2028\t{said}\n{state}\t6000", other.format(said), {}) for said in words),
        *((0, 0, f"{columns}\t2028\t{said}\n{state}\t6000", UNIT.format(said), {}) for said in units),
        *((0, 0, f"{head}\t2027 HT\t2028\n{row}\t6000", other.format("2027 HT"), {})
          for head, row in ((columns, state), ("Financeur", "État\t5000"))),
        *((0, 0, f"{columns}\t2028\n{SECOND}\t{REGION}\t5000\n\t\t\n\t{said}\t2028\n\tÉtat\t6000",
           f"{NOTHING}sa ligne de titres ({said}, 2028) n’est pas seule, en haut. Copiez un tableau à la fois, sans "
           "rien de chiffré au-dessus de ses titres.", {}) for said in ("Désignation", "Ressources")),
        (0, 0, f"{columns}\t2028\t\n{state}\t6000", f"{NOTHING}une de ses colonnes de montants n’a pas de titre. "
         "Écrivez son année, ou copiez le bloc sans elle.", {}),
        (0, 0, f"Projet\tMaître d’ouvrage\t2028\n{state}", stranger.format("Maître d’ouvrage"), {}),
        (0, 0, f"Projet\tResponsable\tMontants\n\t\t2028\n{state}", stranger.format("Responsable"), {}),
        (0, 0, f"Action\tFinanceur\t2028\n{state}", stranger.format("Action"), {}),
        *((0, 0, f"{said}\t\t\n{columns}\t2028\n{state}", done.format(said), {}) for said in (
            "Cumul des décaissements", "Mandatements", "Reste à financer", "Montants mobilisés")),
        (0, 0, f"{columns}\tNature\t2028\n{FIRST}\tÉtat\tRéalisé\t5000", done.format("Réalisé"), {}),
        (0, 0, f"Agroforesterie\t\t\n{columns}\t2028\n{state}", "1 case remplie. La ligne de titres (Projet, "
         f"Financeur, 2028) n’est pas collée. {OVER.format('« Agroforesterie »')} {NAMES}", {(1, 1): "5 000"}),
        (0, 0, f"Projet Financeur 2028\n{FIRST} État 5 000", TEXT, {}),
        (0, 0, f"Montants en MM FCFA\t\t\n{columns}\t2028\n{state}", UNIT.format("Montants en MM FCFA"), {}),
        (0, 0, f"Plan\t\t\nAction\tQui paie\t2028\n{state}", stranger.format("Action"), {}),
    ])


def test_names_over_two_lines_or_merged_go_to_their_place(visitor):
    one, _ = open_plan(visitor)
    state, said = "État\t5000", f"La ligne de titres ({{}}) n’est pas collée.{{}} {NAMES}"
    above = OVER.format("« Plan »")
    broken, beside = FIRST.replace(" du ", "\ndu "), " Colonnes non collées : Partenaire technique."
    check(one, [
        (0, 0, f"Source de financement\t2028\n{state}",
         f"1 case remplie. {said.format('Source de financement, 2028', '')}", {(1, 1): "5 000"}),
        (0, 0, f'Projet\tFinanceur\t2028\n"{broken}"\tÉtat\t5000',
         f"1 case remplie. {said.format('Projet, Financeur, 2028', '')}", {(1, 1): "5 000"}),
        (0, 0, f"Financeur\tProjet\t2028\nÉtat\t{FIRST}\t5000\n\t{SECOND}\t6000",
         f"2 cases remplies. {said.format('Financeur, Projet, 2028', '')}", {(1, 1): "5 000", (4, 1): "6 000"}),
        (0, 0, f"Plan\t\t\nNom du projet\tBailleur de fonds\t2028\n{FIRST}\tÉtat\t5000",
         f"1 case remplie. {said.format('Nom du projet, Bailleur de fonds, 2028', f' {above}')}",
         {(1, 1): "5 000"}),
        (0, 0, f"Projet\tPartenaire technique\tContributeur\t2028\n{FIRST}\tPartenaire fictif d’exercice\tÉtat\t5000",
         f"1 case remplie. {said.format('Projet, Partenaire technique, Contributeur, 2028', beside)}",
         {(1, 1): "5 000"}),
    ])


def test_a_table_that_begins_further_right_goes_to_its_projects(visitor):
    """Its blank first columns were selected with it; or its one column of names is spread over two."""
    one, _ = open_plan(visitor)
    laid = {(3, 0): "5 000", (3, 1): "12 000 000", (4, 1): "6 000"}
    head, rows = "Projets et financeurs", f"{REGION}\t5000\t12000000|État\t120000000\t6000"
    told = f"4 cases remplies. La ligne de titres ({head}, 2027, 2028) n’est pas collée. {NAMES}"

    def block(before, heads, project):
        return "\n".join([f"{before}{heads}", f"{before}{project}\t\t", *(f"{before}{row}" for row in rows.split("|"))])
    spread = "\n".join([f"{head}\t\t2027\t2028", f"{SECOND}\t\t\t", *(f"\t{row}" for row in rows.split("|"))])
    check(one, [
        (0, 0, block("\t", f"{head}\t2027\t2028", SECOND), told, laid),
        (0, 0, block("\t\t", f"{head}\t2027\t2028", SECOND), told, laid),
        (0, 0, spread, told, laid),
        (0, 0, f"Projet\tFinanceur\t2027\n{FIRST}\tÉtat\t5000\n\t{SECOND}\t\n\tÉtat\t6000",
         f"2 cases remplies. La ligne de titres (Projet, Financeur, 2027) n’est pas collée. {NAMES}",
         {(1, 0): "5 000", (4, 0): "6 000"}),
    ])


def test_what_stands_between_the_names_or_under_the_headings_is_not_passed_over(visitor):
    """A project that the page has not, whose financiers would go to the one above; another figure than the plan."""
    one, _ = open_plan(visitor)
    heads, region = "Projet\tFinanceur\t2028", f"{FIRST}\t{REGION}\t5000"
    unknown = f"{NOTHING}« Pont » n’est ni un projet ni un financeur de cette page.{ADD}"
    under = f"{NOTHING}« {{}} » dit peut-être autre chose que les montants du plan. Si c’est eux, copiez le bloc " \
            "sans ces mots."
    spent = "Dépenses réalisées au 31 décembre"
    said, laid = f"1 case remplie. La ligne de titres ({{}}) n’est pas collée.{{}} {NAMES}", {(0, 1): "5 000"}
    usual = said.format("Projet, Financeur, 2028", "")
    above = f" {OVER.format('« Plan 2027-2031 »')}"
    check(one, [
        (0, 0, f"{heads}\n{region}\n\tPont\t\n\tÉtat\t6000", unknown, {}),
        (0, 0, f"Projets et financeurs\t\t2028\n\t{FIRST}\t\n\t{REGION}\t5000\n\tPont\t6000\n\tÉtat\t6000", unknown,
         {}),
        (0, 0, f"{heads}\n{region}\n\tPont\t9000\n\tÉtat\t6000\n\tGIZ\t3000", unknown, {}),
        (0, 0, f"{heads}\n{region}\n\tPont\t6000\n\tÉtat\t6000", unknown, {}),
        (0, 0, f"{heads}\n{region}\nTotal général\tÉtat\t5000", f"{usual} {SUM}", laid),
        (0, 0, f"{heads}\n{region}\nTotal\t{REGION}\t5000\n\tÉtat\t9000", f"{NOTHING}rien n’y dit le projet de la "
         "ligne « État ». Écrivez-le sur chaque ligne, dans une colonne « Projet », ou copiez un projet à la fois, "
         "sans ses totaux.", {}),
        (0, 0, f"Plan 2027-2031\t\nDésignation\t2028\n{FIRST}\t\n{REGION}\t5000",
         said.format("Désignation, 2028", above), laid),
        (0, 0, f"{heads}\n\t\tRéalisé\n{region}", under.format("Réalisé"), {}),
        (0, 0, f"{heads}\n\t\t(FCFA)\n{region}", usual, laid),
        (0, 0, f"Projet\tFinanceur\tNature\t2028\n{FIRST}\t{REGION}\t{spent}\t5000\n{FIRST}\tÉtat\t{spent}\t6000",
         f"{NOTHING}« {spent} » dit peut-être autre chose que les montants du plan. Si c’est eux, copiez le bloc sans "
         "ces mots.", {}),
        (0, 0, f"\t{heads}\n\t{region}\nSource : DGCT\t\t\t", usual, laid),
        (0, 0, f"Plan 2027-2031\t\t\n\tFinanceur\t2028\n{region}", said.format("Financeur, 2028", above), laid),
    ])


def test_a_total_or_another_project_beside_the_names_is_not_passed_over(visitor):
    one, _ = open_plan(visitor)
    by_financier, laid = "Financeur\tProjet\t2028", {(0, 1): "5 000"}
    said = f"{{}} case{{}} remplie{{}}. La ligne de titres ({{}}) n’est pas collée.{{}} {NAMES}"
    beside = said.format(1, "", "", "N°, Projet, Financeur, 2028", " Colonnes non collées : N°.")
    numbered = f"N°\tProjet\tFinanceur\t2028\n1\t{FIRST}\t{REGION}\t5000"
    merged = f"{NOTHING}« 2 - Route » y est sur une ligne sans projet. " \
             "Écrivez-le sur chaque ligne, ou copiez le bloc sans cette colonne."
    other = f"{NOTHING}« Total {SECOND} » y dit peut-être un autre projet. Écrivez-le " \
            "sur chaque ligne, dans une colonne « Projet », collez le bloc dans ce projet, ou copiez-le sans cette " \
            "ligne."
    words = f"{NOTHING}« Somme de 2028 » ne dit peut-être pas les montants du plan. Si c’est eux, écrivez l’année " \
            "seule en titre ; sinon, copiez le bloc sans cette colonne."
    check(one, [
        (0, 0, f"{by_financier}\n{REGION}\t{FIRST}\t5000\nÉtat\t\t6000\n\t{SECOND}\t6000",
         f"{said.format(2, 's', 's', 'Financeur, Projet, 2028', '')} {SUM}", laid | {(4, 1): "6 000"}),
        (0, 0, f"{numbered}\nTotal\t\tÉtat\t5000", f"{beside} {SUM}", laid),
        (0, 0, f"{numbered}\n2 - Route\t\tÉtat\t6000", merged, {}),
        (0, 0, f"{SECOND} (en milliers de FCFA)\t\t\nProjet\tFinanceur\t2028\n{SECOND}\tÉtat\t5000",
         UNIT.format(f"{SECOND} (en milliers de FCFA)"), {}),
        (0, 0, f"Projet\tFinanceur\t2028\n\tÉtat\t6000\nTotal {SECOND}\t\t6000", other, {}),
        (0, 0, f"Projet\tFinanceur\tSomme de 2028\n{FIRST}\t{REGION}\t5000", words, {}),
        (0, 0, f"Projets et financeurs\t\t2028\n{FIRST}\t\t\n{REGION}\t\t5000",
         said.format(1, "", "", "Projets et financeurs, 2028", ""), laid),
    ])


def test_rows_that_do_not_add_up_to_their_sums_are_of_something_else(visitor):
    """A recapitulation, a second table: its amounts would go to the project, or the financier, above."""
    one, _ = open_plan(visitor)
    columns, first = "Projet\tFinanceur\t2028", f"{FIRST}\t{REGION}\t5000"

    def unexplained(row):
        return f"{NOTHING}sa ligne « {row} » ne se retrouve pas dans les autres. Copiez-le sans elle."
    merged = f"{NOTHING}« {{}} » y est sur une ligne sans financeur. " \
             "Écrivez-le sur chaque ligne, ou copiez le bloc sans cette colonne."
    by_financier = f"N°\tFinanceur\tProjet\t2028\n1\tÉtat\t{FIRST}\t6000"
    check(one, [
        (0, 0, f"Projets et financeurs\t2028\n{FIRST}\t5000\n{SECOND}\t8000\n{REGION}\t5000\nÉtat\t8000",
         unexplained(f"{FIRST}, 5000"), {}),
        (0, 0, f"État\t2028\n{FIRST}\t5000\n{SECOND}\t8000\n{REGION}\t9000\n{FIRST}\t4000\n{SECOND}\t5000",
         NO_PROJECT, {}),
        (0, 0, f"{columns}\n{first}\n{FIRST}\tÉtat\t6000\nTotal\t\t15000", unexplained("Total, 15000"), {}),
        (0, 0, f"Projet\tSite\tFinanceur\t2028\n{FIRST}\tKita\t{REGION}\t5000\n\tTotal général\tÉtat\t5000\n"
         "\t\tÉtat\t4000", NO_PROJECT, {}),
        (0, 0, f"{by_financier}\n{REGION}\t\t{SECOND}\t5000", merged.format(REGION), {}),
        (0, 0, f"{by_financier}\nTotal\t\t{FIRST}\t6000\n\t\t{SECOND}\t5000",
         unexplained(f"{SECOND}, Total, 5000"), {}),
        (0, 0, f"{columns}\n{first}\n\tFinanceur\tMontant\n\tÉtat\t4000",
         f"{NOTHING}sa ligne de titres (Financeur, Montant) ne dit pas les années des colonnes. Écrivez chaque année "
         "en titre de sa colonne, puis copiez de nouveau.", {}),
        (0, 0, f"{columns}\n{first}\n* Crédits consommés\t\t", f"{NOTHING}« * Crédits consommés » dit peut-être "
         "autre chose que les montants du plan. Si c’est eux, copiez le bloc sans ces mots.", {}),
        (0, 0, f"{columns}\n{first}\n{FIRST}\tÉtat\t6000\n{FIRST}\tCoût du projet\t11000\n"
         f"{SECOND}\tÉtat\t7000\nTotal\t\t18000",
         f"3 cases remplies. La ligne de titres (Projet, Financeur, 2028) n’est pas collée. {NAMES} {SUM} Sans ligne "
         f"dans cette page, et non collé : « {FIRST}, Coût du projet ».",
         {(0, 1): "5 000", (1, 1): "6 000", (4, 1): "7 000"}),
        (0, 0, f"{columns}\n{FIRST}\t\t5000\n{first}\n{SECOND}\tÉtat\t7000",
         f"2 cases remplies. La ligne de titres (Projet, Financeur, 2028) n’est pas collée. {NAMES} {SUM}",
         {(0, 1): "5 000", (4, 1): "7 000"}),
        (0, 0, f"{columns}\n{first}\n* en FCFA/1000\t\t", UNIT.format("* en FCFA/1000"), {}),
    ])


def test_what_follows_the_lines_of_a_project_is_not_laid_in_it(visitor):
    """A second table, a recapitulation that no sum gives away: a project is the one of the rows after its name."""
    one, _ = open_plan(visitor)
    first = f"Projet\tFinanceur\t2028\n{FIRST}\t{REGION}\t5000"
    words = f"{NOTHING}« {{}} » dit peut-être autre chose que les montants du plan. Si c’est eux, copiez le bloc " \
            "sans ces mots."
    site = f"Projet\tSite\tFinanceur\t2028\n{FIRST}\tKita\t{REGION}\t5000\n"
    check(one, [
        *((0, 0, f"{first}\n\t{said}\t{more}\n\tÉtat\t5000", f"{NOTHING}« {said} » n’est ni un projet ni un financeur "
           f"de cette page.{ADD}", {}) for said, more in (("Source de financement", "Montant"), ("Ensemble", "5000"))),
        (0, 0, f"{first}\nDésignation\t\tEngagé\n{SECOND}\t\t\n\tÉtat\t7000", words.format("Engagé"), {}),
        (0, 0, f"{first}\nDésignation\t\t2032\n{SECOND}\t\t\n\tÉtat\t7000",
         f"{NOTHING}sa ligne de titres (Désignation, 2032) n’est pas seule, en haut. Copiez un tableau à la fois, sans "
         "rien de chiffré au-dessus de ses titres.", {}),
        (0, 0, f"{first}\n{SECOND}\t{REGION}\t6000\n{FIRST}\t\t5000\n{SECOND}\t\t6000\n\tÉtat\t6000",
         NO_PROJECT, {}),
        (0, 0, f"{site}\tNioro\tÉtat\t6000",
         "2 cases remplies. La ligne de titres (Projet, Site, Financeur, 2028) n’est pas "
         f"collée. Colonnes non collées : Site. {NAMES}", {(0, 1): "5 000", (1, 1): "6 000"}),
        (0, 0, f"{site}\tEnsemble des sites\tÉtat\t5000",
         f"{NOTHING}« Ensemble des sites » y est sur une ligne sans projet. Écrivez-le sur chaque ligne, ou copiez le "
         "bloc sans cette colonne.", {}),
        (0, 0, f"Projet\tFinanceur\tNature\t2028\n{FIRST}\t{REGION}\tTravaux\t5000\n\tÉtat\tTotal général\t5000\n"
         "\tÉtat\t\t4000", NO_PROJECT, {}),
        (0, 0, f"{first}\n\t\t\n\tÉtat\t5000", NO_PROJECT, {}),
    ])


def test_a_block_that_names_no_project_says_the_one_it_goes_to(visitor):
    one, _ = open_plan(visitor)
    told = []
    for place, block in ((0, "Financeur\t2027\nÉtat\t201000000"), (18, "Financeur\t2027\nÉtat\t121000000"),
                         (0, f"Projet\tFinanceur\t2027\n{SECOND}\tÉtat\t121000000")):
        one.page.locator("input[name^=p]").nth(place).evaluate(PASTE, block)
        told.append(plain(one.page.locator("[data-said]").inner_text()).partition(NAMES)[2])
        one.page.get_by_role("button", name="Annuler le collage").click()
    into = " Le bloc ne nomme aucun projet : il va à « {} », celui de la case choisie."
    assert (told, one.problems) == ([into.format(FIRST), into.format(SECOND), ""], [])


def test_amounts_far_smaller_than_the_others_are_to_be_checked(visitor):
    """Thousands, or millions, that no word announces: beside what they replace, or beside the rest of the page."""
    one, _ = open_plan(visitor)
    heads, partner = "Projet\tFinanceur\t2029\t2030", "Partenaire fictif d’exercice"
    cases = [(f"{FIRST}\tÉtat\t101\t102", True), (f"{FIRST}\tGouverneur\t50\t20\n{FIRST}\t{partner}\t50\t20", True),
             (f"{FIRST}\tÉtat\t101000\t102000\n{SECOND}\tÉtat\t131000\t9000000", True),
             (f"{FIRST}\t{partner}\t300000\t20000", True), (f"{FIRST}\tÉtat\t101000000\t102000000", False),
             (f"{FIRST}\t{partner}\t5000000\t4000000", False)]
    found = []
    for block, _ in cases:
        one.page.locator("input[name^=p]").first.evaluate(PASTE, f"{heads}\n{block}")
        found.append((block, SMALLER.strip() in plain(one.page.locator("[data-said]").inner_text())))
        one.page.get_by_role("button", name="Annuler le collage").click()
    assert (found, one.problems) == (cases, [])
