"""The first sheet of a workbook of the plan: how to fill it, and the names that its lists offer."""
from ...forms.sheets.words import FINANCIER, GUIDE, PROJECT, SHEET

ADVICE = [
    f"Les montants s’écrivent dans la feuille « {SHEET} », en francs CFA entiers, sans virgule.",
    "Ce qui n’est pas réparti entre les années va dans la colonne « Non réparti ».",
    "Sur une ligne qui porte un montant, une case vide veut dire « aucun montant » : l’import le retire du plan.",
    "Une ligne sans aucun montant, ou absente du fichier, ne change rien. Pour tout retirer d’une ligne, écrivez 0.",
    "Les lignes « Total » et « Sous-total » se calculent seules et ne sont pas importées.",
    "Les noms des projets et des financeurs sont ceux du dossier, listés ci-dessous : un nom inconnu est refusé.",
    "Importez ensuite le fichier depuis la page « Engagements ». Rien n’est enregistré avant votre confirmation.",
    "La feuille est protégée sans mot de passe, contre les fautes de frappe seulement.",
]


def write_guide(book, projects, financiers):
    """Write it, and return the addresses of the two lists of names (None for an empty one)."""
    sheet = book.add_worksheet(GUIDE)
    title = book.add_format({"bold": True, "font_size": 14, "font_color": "#1A2048"})
    head = book.add_format({"bold": True, "bg_color": "#1A2048", "font_color": "#FFFFFF"})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 60, text)
    sheet.set_column(1, 1, 40, text)
    sheet.write_string(0, 0, "Plan de financement : mode d’emploi", title)
    for row, advice in enumerate(ADVICE, 1):
        # Over the two columns as it is printed, without merging any cell.
        sheet.write_string(row, 0, f"{row}. {advice}", text)
    first = len(ADVICE) + 3
    for column, (noun, names) in enumerate(((PROJECT, projects), (FINANCIER, financiers))):
        sheet.write_string(first - 1, column, f"{noun}s du dossier", head)
        for row, name in enumerate(names, first):
            sheet.write_string(row, column, name, text)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.protect()
    return [f"='{GUIDE.replace(chr(39), chr(39) * 2)}'!${letter}${first + 1}:${letter}${first + len(names)}"
            if names else None for letter, names in (("A", projects), ("B", financiers))]
