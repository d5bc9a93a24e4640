"""The unit of the money in a table: francs are read, another unit is refused wherever it is said, a name is no unit."""
import io

import pytest

from negotiation import money
from negotiation.files.table import read_table
from negotiation.forms.sheets.reading import MOST_REFUSED, understand
from tests import tables
from tests.tables import HEAD, LINE, plan, reading, refusals, workbook


@pytest.fixture(autouse=True)
def _here(monkeypatch):
    tables.read_here(monkeypatch)


UNIT = "n’annonce pas des francs CFA à l’unité, et rien n’est converti : mettez les montants en francs CFA entiers, " \
       "puis"
TITLED = "donnez à cette colonne le titre"


@pytest.mark.parametrize("head", ["Montant (EUR)", "Montant (millions de FCFA)", "MONTANTS (en milliers)",
                                  "Montant (k€)", "Montant (prévu)", "Montant (M FCFA)", "Montant ()", "Montant (%)",
                                  "Montant (x 1 000 FCFA)", "Montant (francs guinéens)"])
def test_a_list_in_another_unit_is_refused(head):
    csv = f"Projet;Financeur;Année;{head}\nPiste de Kléla;État;2028;5\n".encode()
    told = f"« {head} » {UNIT} {TITLED} « Montant » ou « Montant (FCFA) »."
    assert refusals(csv, name="plan.csv") == [f"D1 : {told}"]
    assert reading(csv, name="plan.csv").amounts == {}
    assert refusals(workbook(("Projet", "Financeur", "Année", head), (*LINE, 2028, 5))) == [f"Plan!D1 : {told}"]


@pytest.mark.parametrize("head", ["Montant", "montant", "Montant (FCFA)", "Montant (F CFA)", "Montant (F.CFA)",
                                  "Montant (XOF)", "Montants (en francs CFA)", "Montant (franc CFA)", "Montant (F)",
                                  "Montant (FCFA entiers)", "Montant en FCFA", "Montant FCFA", "Montants : F CFA",
                                  "Montant (CFA)", "Montant [FCFA]"])
def test_a_list_in_francs_is_read(head):
    csv = f"Projet;Financeur;Année;{head}\nPiste de Kléla;État;2028;5\n".encode()
    told = reading(csv, name="plan.csv")
    assert (told.refused, told.amounts) == ([], {(1, 1, 2028): 5})


@pytest.mark.parametrize("head", [
    "2028 (en millions)", "2028 (M FCFA)", "2028 k€", "2028 en milliers de FCFA", "2028 (USD)", "Exercice 2028 (MF)",
    "2028 (M)", "2028 (k)", "2028 en M", "2028 (en k)", "2028 (x1000)", "2028 (x 1 000)", "2028 (000 FCFA)",
    "2028 ('000)", "2028 (’000)", "2028 (Mrd)", "2028 Mrds FCFA", "2028 (Mio)", "2028 (Mia)", "2028 (10^6)",
    "2028 (10⁶ FCFA)", "2028 mille francs", "2028 %", "2028 (part)", "2028 GNF", "2028 (NGN)", "2028 (dirhams)",
    "2028 (Livres)", "2028 (francs guinéens)", "2028 MFCFA", "2028 (1 000 FCFA)", "An 2028 000", "2028 *"])
def test_a_year_in_another_unit_is_refused(head):
    assert refusals(workbook(("Projet", "Financeur", 2027, head), (*LINE, 7, 8))) == [
        f"Plan!D1 : « {head} » {UNIT} {TITLED} « 2028 » ou « 2028 (FCFA) »."]


def test_a_year_whose_format_shows_another_unit_is_refused():
    def change(book, sheet):
        sheet["C1"].number_format = '0 "(M FCFA)"'
    assert refusals(workbook(("Projet", "Financeur", 2028), (*LINE, 7), change=change)) == [
        f"Plan!C1 : « 2028 (M FCFA) » {UNIT} {TITLED} « 2028 » ou « 2028 (FCFA) »."]


@pytest.mark.parametrize("head", [
    "2028", "2028 (FCFA)", "Exercice 2028", "2028 (prévision)", "2028 en FCFA", "An 2 : 2028", "2028 (prévu)",
    "Budget 2028", "Année 2 (2028)", "Montant prévu pour l’année 2028, en francs CFA", "Prévisions 2028 [F CFA]",
    "2028 (estimé)", "Dépenses d’investissement prévues 2028", "Coût prévisionnel 2028",
    "2028 à confirmer", "1ère année 2028", "2028 (2e année)",
    "01/01/2028", "2028-01-01", "2028 (N+1)", "Tranche 1 – 2028", "BUDGET PRÉVISIONNEL 2 028 (XOF)"])
def test_a_year_in_francs_is_read(head):
    told = reading(workbook(("Projet", "Financeur", head), (*LINE, 8)))
    assert (told.refused, told.amounts) == ([], {(1, 1, 2028): 8})


OTHER_FIGURES = "dit peut-être autre chose que les montants du plan : si c’est eux,"


@pytest.mark.parametrize("head", ["2028 (réalisé)", "Dépenses 2028", "Réalisé 2028", "Engagé 2028", "Coût 2028",
                                  "Mandatements 2028", "Cumul 2028"])
def test_a_year_of_other_figures_is_refused(head):
    assert refusals(workbook(("Projet", "Financeur", head), (*LINE, 8))) == [
        f"Plan!C1 : « {head} » {OTHER_FIGURES} donnez à cette colonne le titre « 2028 » ou « 2028 (FCFA) »."]


@pytest.mark.parametrize("title", ["Décaissements au 31/12/2028", "Réalisé", "Reste à financer",
                                   "Consommation des crédits", "Montants liquidés", "Solde", "Besoin non couvert"])
def test_a_table_under_the_words_of_other_figures_is_refused(title):
    assert refusals(workbook((title,), HEAD, (*LINE, 5))) == [
        f"Plan!A1 : « {title} » {OTHER_FIGURES} corrigez ce titre."]


def test_what_is_not_shared_may_say_its_francs_and_no_other_unit():
    assert reading(workbook(("Projet", "Financeur", "Non réparti (FCFA)"), (*LINE, 8))).amounts == {(1, 1, 0): 8}
    assert refusals(workbook(("Projet", "Financeur", 2027, "Non réparti (€)"), (*LINE, 7, 8))) == [
        "Plan!D1 : cette colonne (« Non réparti (€) ») n’est ni une année du contrat ni « Non réparti », et contient "
        "des montants.", f"Plan!D1 : « Non réparti (€) » {UNIT} corrigez ce titre."]


def shown_as(number_format, value=5):
    """What is read of an amount under this format."""
    def change(book, sheet):
        sheet["C2"].number_format = number_format
    told = reading(workbook(HEAD, (*LINE, value, 1), change=change))
    return told.refused[0].why if told.refused else told.amounts[1, 1, 2027]


@pytest.mark.parametrize(("number_format", "beside"), [
    ('#,##0.00 "€"', "€"), ("#,##0.00 [$€-40C]", "€"), ('0 "millions"', "millions"), ('#,##0 "M FCFA"', "M FCFA"),
    ("[$$-409]#,##0", "$"), ("0%", "%"), ("0.0 %", "%"), ('0 "M"', "M"), ('0 "mille F"', "mille F"),
    ("0 [$GNF]", "GNF"), ('0" 000"', "000")])
def test_an_amount_shown_in_another_unit_is_refused(number_format, beside):
    assert shown_as(number_format) == (
        f"la case affiche « {beside} » à côté du nombre, et rien n’est converti : mettez le montant en francs CFA "
        "entiers, puis donnez à la case un format de nombre sans cette unité.")


@pytest.mark.parametrize("number_format", [
    '# ##0 "FCFA"', "#,##0 [$F CFA]", "_-* # ##0\\ [$CFA-340C]_-;-* # ##0\\ [$CFA-340C]_-",
    "#,##0 [$XOF-340C]", "# ##0_-;[Red]-# ##0_-", "General"])
def test_an_amount_shown_in_francs_is_read(number_format):
    assert shown_as(number_format) == 5


def test_millions_that_only_the_format_shortens_are_the_whole_amount():
    assert shown_as('0.0,,"M FCFA"', 1_500_000_000) == 1_500_000_000


OTHER_UNITS = [
    "en mill. FCFA", "Montants en mill. de FCFA", "en centimes", "Unité : centimes",
    "Plan EUR", "PLAN EUR 2027", "Plan-M", "Montants à multiplier par 1 000", "M.FCFA", "En centaines de FCFA",
    "in thousands", "Tableau 2 millions de FCFA", "Annexe 4 M FCFA",
    "Plan (en millions de FCFA)", "Montants en milliers de francs", "Unité : k€", "(USD)",
    "Plan, [millions de francs CFA]", "montants exprimés en EUR", "Unité monétaire : million de FCFA",
    "Unités : milliers FCFA", "Monnaie : euro", "Devise : EUR", "EUR", "Millions de FCFA",
    "Plan de financement, million FCFA", "Chiffres : millions", "(en M)", "En M de FCFA", "x 1 000 FCFA",
    "U : millions FCFA", "NB : montants en millions de FCFA", "Plan 2027-2029 M FCFA", "Montants M FCFA",
    "Devise EUR", "Unité : 1 000 FCFA", "(1000 FCFA)", "Unité = 1 million", "Devise : zloty", "Unité : FCFA x 1 000",
    "Plan_MFCFA", "Plan_k", "Plan M", "Montants/1000", "Chiffres divisés par 1 000", "(10⁶ FCFA)", "en %",
    "Montants en francs guinéens", "Plan mille FCFA (provisoire)"]
ONLY_MONEY = [
    "Tableau 2 : plan de financement", "Plan-cadre européen",
    "Montants en francs CFA entiers (FCFA). Les totaux se calculent seuls.", "CPER de Kayes, 2 173 millions de FCFA",
    "Pistes rurales (80 km)", "Éducation (livres)", "Réalisé en mars 2027", "Apport : 400 M FCFA par an, dès 2027",
    "Enveloppe : deux milliards de FCFA", "Unité : FCFA", "Devise : franc CFA", "Un peuple – un but – une foi",
    "Total : 2 173 126 000 FCFA", "Montant : 1 000 000 000 FCFA", "(2 173 millions de francs CFA)",
    "Financé par l’Europe, en Europe",
    "Coût total : 2 173 126 000 FCFA", "Tableau 3 : coûts et financement", "Cadre de dépenses à moyen terme",
    "Agence d’exécution : ANICT", "Projets réalisés avec l’appui des partenaires", "Assainissement liquide",
    "Mandat 2027-2031", "Mobilisation des ressources", "Dépenses d’investissement prévues",
    "Montants sans centimes", "CPER de Kayes : 2 173 mill. FCFA", "Village de Milla",
    "Programme de 80 kilomètres de pistes", "Rapporteur : M. Traoré", "Plan 2027-2029"]


@pytest.mark.parametrize("title", OTHER_UNITS)
def test_a_table_under_another_unit_is_refused(title):
    assert refusals(workbook((title,), HEAD, (*LINE, 5))) == [f"Plan!A1 : « {title} » {UNIT} corrigez ce titre."]


@pytest.mark.parametrize("title", ONLY_MONEY)
def test_a_title_that_only_speaks_of_money_is_read(title):
    assert reading(workbook((title,), HEAD, (*LINE, 5))).refused == []


@pytest.mark.parametrize("note", OTHER_UNITS)
def test_a_note_below_the_table_in_another_unit_is_refused(note):
    assert refusals(workbook(HEAD, (*LINE, 5), (), (note,))) == [f"Plan!A4 : « {note} » {UNIT} corrigez cette case."]


@pytest.mark.parametrize("note", ONLY_MONEY)
def test_a_note_that_only_speaks_of_money_is_read(note):
    told = reading(workbook(HEAD, (*LINE, 5), (), (note,)))
    assert (told.refused, told.amounts[1, 1, 2027]) == ([], 5)


@pytest.mark.parametrize("amount", [2_173_126_400, 1_000_000, 80_000_000, 621_000_000_000, 99_000, 5_000_017_200])
def test_a_sum_written_in_words_below_the_table_is_no_unit(amount):
    note = f"Arrêté à la somme de {money.in_words(amount)}."
    assert reading(workbook(HEAD, (*LINE, 5), (note,))).refused == []


def test_a_unit_beside_the_amounts_or_on_their_sums_is_refused():
    beside = workbook(HEAD, (*LINE, 5, None, None, None, None, "(en millions)"))
    assert refusals(beside) == [f"Plan!H2 : « (en millions) » {UNIT} corrigez cette case."]
    remark = workbook((*HEAD, "Observations"), (*LINE, 5, None, None, None, "Chiffres en millions"))
    assert refusals(remark) == [f"Plan!G2 : « Chiffres en millions » {UNIT} corrigez cette case."]
    sums = workbook(HEAD, (*LINE, 5), ("Total (M FCFA)", None, 5))
    assert refusals(sums) == [f"Plan!A3 : « Total (M FCFA) » {UNIT} corrigez cette case."]
    heads = workbook((*HEAD, "Total (M FCFA)"), (*LINE, 5))
    assert refusals(heads) == [f"Plan!G1 : « Total (M FCFA) » {UNIT} corrigez ce titre."]


def test_an_endless_list_of_units_stops():
    told = reading(workbook((*HEAD, "Observations"), *[(*LINE, 5, 5, 5, 5, f"Lot {n} en euros") for n in range(300)]))
    assert len(told.refused) == MOST_REFUSED
    assert told.refused[0] == ("Plan!G2", f"« Lot 0 en euros » {UNIT} corrigez cette case.")


def test_names_that_sound_like_units_are_names():
    """Of projects and financiers, on their lines, alone on a line, and in the subtotals that an export writes."""
    name, bank = "Reboisement : millions d’arbres, en euros", "Millions de FCFA"
    found = plan(projects=[name], financiers=[bank])
    told = reading(workbook(HEAD, (name, bank, 5), (name,), (None, bank), (f"Sous-total : {name}", None, 5),
                            (f"Sous-total : {name}",)), found)
    assert (told.refused, told.amounts[1, 1, 2027]) == ([], 5)


def test_the_title_of_the_dossier_is_no_unit():
    """An export writes it above the table, and comes back."""
    table = read_table(io.BytesIO(workbook(("Millions d’arbres, 2027-2029",), HEAD, (*LINE, 5))), "plan.xlsx")
    assert understand(table, plan(), "Millions  d’arbres, 2027-2029").refused == []
    assert [str(one) for one in understand(table, plan(), "Un autre").refused] == [
        f"Plan!A1 : « Millions d’arbres, 2027-2029 » {UNIT} corrigez ce titre."]


def test_a_sheet_named_after_another_unit_is_refused():
    def change(book, sheet):
        sheet.title = "Plan (millions)"
    assert refusals(workbook(HEAD, (*LINE, 5), change=change)) == [
        f"« Plan (millions) » {UNIT} renommez cette feuille."]


@pytest.mark.parametrize("title", ["Unité", "Devise", "MONNAIE", "Unité monétaire"])
@pytest.mark.parametrize("unit", ["M FCFA", "EUR", "milliers"])
def test_a_column_of_units_says_francs_or_is_refused(title, unit):
    def told(said):
        return reading(workbook((*HEAD, title), (*LINE, 5, 6, 7, 8, said), ("Centre de santé", "État", 9, 9, 9, 9,
                                                                                  said)))
    assert [str(one) for one in told(unit).refused] == [f"Plan!G2 : « {unit} » {UNIT} corrigez cette case."]
    assert told("F CFA").refused == []
    csv = f"Projet;Financeur;Année;Montant;{title}\nPiste de Kléla;État;2028;5;{unit}\n".encode()
    assert refusals(csv, name="plan.csv") == [f"E2 : « {unit} » {UNIT} corrigez cette case."]


def test_a_second_row_of_headings_says_francs_or_is_refused_by_its_unit():
    def told(unit):
        return reading(workbook(HEAD, (None, None, unit, unit), (*LINE, 5, 6)))
    assert [str(one) for one in told("(M FCFA)").refused] == [f"Plan!C2 : « (M FCFA) » {UNIT} corrigez cette case."]
    assert (told("(FCFA)").refused, told("(FCFA)").amounts[1, 1, 2027]) == ([], 5)


def beside(say):
    """The workbook of a plan to which `say(sheet)` adds something beside its cells."""
    def fill(book, sheet):
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, (*LINE, 5))
        say(sheet)
    return tables.written(fill)


@pytest.mark.parametrize(("say", "place", "text"), [
    (lambda sheet: sheet.write_comment("C1", "Awa :\nMontants en millions de FCFA"), "Commentaire de C1",
     "Montants en millions de FCFA"),
    (lambda sheet: sheet.insert_textbox("H2", "Plan 2027-2029\nUnité : k€"), "Zone de texte", "Unité : k€"),
    (lambda sheet: sheet.set_header("&L&8Plan&RMontants en M FCFA"), "En-tête d’impression", "Montants en M FCFA"),
    (lambda sheet: sheet.set_footer('&C&"Arial,Bold"&8en milliers, page &P'), "Pied de page d’impression",
     "en milliers, page"),
], ids=["a comment", "a text box", "a header", "a footer"])
def test_a_unit_said_beside_the_cells_is_refused(say, place, text):
    assert refusals(beside(say)) == [f"{place} : « {text} » {UNIT} corrigez ce texte."]


@pytest.mark.parametrize("text", ["Montants en FCFA", "2 173 millions de FCFA pour la piste", "Vu avec la DNPD"])
def test_what_is_said_beside_the_cells_is_no_unit(text):
    def say(sheet):
        sheet.write_comment("C1", text)
        sheet.insert_textbox("H2", text)
        sheet.set_header(f"&L{text}&RPage &P")
    told = reading(beside(say))
    assert (told.refused, told.amounts[1, 1, 2027]) == ([], 5)
