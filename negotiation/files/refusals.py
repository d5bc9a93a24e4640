"""Holds every sentence by which a file is refused; refuses to leave one without saying what to do."""

AGAIN = "Vérifiez qu’il s’ouvre sur votre ordinateur, puis déposez-le de nouveau."
LATER = "Réessayez dans quelques minutes ; si le refus se répète, prévenez l’administrateur."
PRINT = "Imprimez-le vers un nouveau fichier PDF, puis déposez ce nouveau fichier."
SAVE = "Ouvrez-le, enregistrez-le sous un autre nom au même format, puis déposez ce nouveau fichier."
TO_PDF = "Enregistrez-le au format PDF, puis déposez ce PDF."
MODERNISE = "Ouvrez ce fichier, enregistrez-le au format {modern}, puis déposez-le."
RENEW = "Enregistrez-le de nouveau au format {label}, puis déposez-le."
UNLOCK = "Ouvrez-le, retirez le mot de passe, enregistrez-le, puis déposez-le."
ACCEPTED = "Déposez un PDF, une image PNG ou JPEG, ou un document DOCX, XLSX, ODT ou ODS."

# reason: (what is wrong, what to do)
GENERAL = {
    "empty": ("Ce fichier est vide.", AGAIN),
    "too_big": (
        "Ce fichier pèse {size} Mo alors que la limite est de {limit} Mo.",
        "Numérisez-le avec une qualité plus basse ou déposez-le en plusieurs parties.",
    ),
    "unreadable": (
        "Ce fichier n’a pas pu être lu jusqu’au bout.",
        "Vérifiez la connexion, puis recommencez.",
    ),
    "heavy": ("Le contrôle de ce fichier demande trop de temps ou de mémoire.", PRINT),
    "unchecked": ("Le contrôle de ce fichier n’a pas pu aboutir sur le serveur.", LATER),
    "extension.none": ("Le nom de ce fichier ne se termine par aucune extension connue.", ACCEPTED),
    "extension.other": ("Les fichiers {extension} ne sont pas acceptés.", ACCEPTED),
    "extension.old": ("Le format {extension} est un ancien format qui n’est plus accepté.", MODERNISE),
    "extension.macros": ("Le format {extension} peut contenir des macros et n’est pas accepté.", MODERNISE),
    "extension.photo": (
        "Les images {extension} ne sont pas acceptées.",
        "Enregistrez cette image au format JPEG, puis déposez-la.",
    ),
    "extension.archive": (
        "Les archives {extension} ne sont pas acceptées.",
        "Déposez un par un les documents que celle-ci contient.",
    ),
    "extension.slides": (
        "Les présentations {extension} ne sont pas acceptées.",
        "Enregistrez celle-ci au format PDF, puis déposez ce PDF.",
    ),
    "picture": ("Ce fichier est un {label}, et non une image.", "Déposez le logo en PNG ou en JPEG."),
    "mismatch.unknown": ("Ce fichier porte l’extension {extension} mais n’est pas {expected}.", RENEW),
    "mismatch.known": ("Ce fichier porte l’extension {extension} mais contient {found}.", RENEW),
}

PDF = {
    "pdf.start": ("Ce PDF est précédé d’autres données.", PRINT),
    "pdf.truncated": ("Ce PDF est incomplet : sa fin manque.", AGAIN),
    "pdf.trailing": ("Ce PDF est suivi d’autres données après sa fin.", PRINT),
    "pdf.hidden": ("Ce PDF cache une archive.", PRINT),
    "pdf.password": ("Ce PDF est protégé par un mot de passe.", UNLOCK),
    "pdf.damaged": ("Ce PDF est abîmé et ne peut pas être lu.", PRINT),
    "pdf.no_page": ("Ce PDF ne contient aucune page.", "Produisez-le de nouveau, puis déposez-le."),
    "pdf.too_many": ("Ce PDF contient trop d’éléments pour être contrôlé.", PRINT),
    "pdf.javascript": ("Ce PDF contient un programme (JavaScript).", PRINT),
    "pdf.launch": ("Ce PDF peut lancer un programme sur l’ordinateur du lecteur.", PRINT),
    "pdf.open_action": ("Ce PDF déclenche une action dès son ouverture.", PRINT),
    "pdf.actions": ("Ce PDF déclenche des actions automatiques pendant la lecture.", PRINT),
    "pdf.embedded": (
        "Ce PDF contient d’autres fichiers en pièce jointe.",
        "Déposez ces fichiers séparément, et imprimez celui-ci vers un nouveau PDF.",
    ),
    "pdf.xfa": ("Ce PDF est un formulaire dynamique (XFA).", PRINT),
    "pdf.media": ("Ce PDF contient du son, de la vidéo ou une animation.", PRINT),
    "pdf.form": ("Ce PDF est un formulaire qui envoie ou reçoit des données.", PRINT),
    "pdf.other_file": ("Ce PDF renvoie à un autre fichier qui n’est pas dans le dépôt.", PRINT),
    "pdf.link": ("Ce PDF contient un lien qui exécute un programme.", PRINT),
}

IMAGE = {
    "image.damaged": (
        "Cette image est abîmée et ne peut pas être lue.",
        "Reprenez la photo ou la numérisation, puis déposez-la de nouveau.",
    ),
    "image.pixels": (
        "Cette image compte plus de {limit} millions de points.",
        "Réduisez ses dimensions, puis déposez-la de nouveau.",
    ),
    "image.animated": (
        "Cette image est animée.",
        "Enregistrez-la comme image fixe, puis déposez-la de nouveau.",
    ),
    "image.hidden": (
        "Cette image cache un autre fichier (archive, document ou programme).",
        "Ouvrez-la, enregistrez-la sous un autre nom, puis déposez la nouvelle image.",
    ),
    "image.trailing": (
        "Cette image est suivie d’autres données, souvent une courte vidéo ajoutée par le téléphone.",
        "Désactivez l’option « photo animée », reprenez la photo, puis déposez-la.",
    ),
}

ARCHIVE = {
    "zip.damaged": ("Ce document est abîmé et ne peut pas être lu.", SAVE),
    "zip.around": (
        "Ce document est mêlé à d’autres données, cachées avant, entre ou après ses parties.",
        SAVE,
    ),
    "zip.entries": ("Ce document est fait de trop d’éléments (plus de {limit}).", TO_PDF),
    "zip.unpacked": ("Ce document dépasse {limit} Mo une fois décompressé.", TO_PDF),
    "zip.ratio": ("Ce document se décompresse d’une manière anormale.", TO_PDF),
    "zip.lies": ("Ce document annonce des parties qui ne sont pas celles qu’il contient.", SAVE),
    "zip.path": ("Ce document contient un élément au nom interdit.", SAVE),
    "zip.symlink": ("Ce document contient un raccourci vers un autre emplacement.", SAVE),
    "zip.duplicate": ("Ce document contient deux éléments du même nom.", SAVE),
    "zip.encrypted": ("Ce document est chiffré.", UNLOCK),
    "zip.unexpected": ("Ce document contient un élément étranger ({part}).", TO_PDF),
    "xml.damaged": ("Le contenu de ce document est illisible.", SAVE),
    "xml.dtd": ("Ce document contient une déclaration interdite (DTD).", SAVE),
    "xml.big": ("Le sommaire interne de ce document est démesuré.", TO_PDF),
}

OFFICE = {
    "office.password": ("Ce document est protégé par un mot de passe.", UNLOCK),
    "office.undeclared": ("Ce document ne déclare pas correctement ce qu’il est.", SAVE),
    "office.macros": ("Ce document contient des macros.", TO_PDF),
    "office.activex": ("Ce document contient des contrôles actifs (ActiveX).", TO_PDF),
    "office.embedded": ("Ce document contient un objet incorporé venu d’un autre logiciel.", TO_PDF),
    "office.nested": ("Ce document contient un document qui en contient d’autres.", TO_PDF),
    "office.linked": (
        "Ce document tire des données d’un autre fichier.",
        "Rompez les liaisons, ou enregistrez-le au format PDF, puis déposez-le.",
    ),
    "office.external": (
        "Ce document va chercher une image ou un contenu ailleurs que dans le fichier.",
        TO_PDF,
    ),
    "office.template": (
        "Ce document reste attaché à un modèle extérieur.",
        "Détachez-le (Word, onglet « Développeur »), ou enregistrez-le au format PDF, puis déposez-le.",
    ),
    "office.addin": ("Ce document charge un complément logiciel.", TO_PDF),
    "office.dde": ("Ce document contient un champ qui lance un autre programme (DDE).", TO_PDF),
    "office.link": ("Ce document contient un lien qui exécute un programme.", TO_PDF),
}

RETYPE = "Téléchargez le modèle, recopiez-y les montants, puis importez-le."
RESAVE = "Ouvrez-le, enregistrez-le au format « Classeur Excel (.xlsx) », puis importez-le."

# A table that is imported: what it cannot be, whatever it says.
TABLE = {
    "table.extension": (
        "Les fichiers {extension} ne s’importent pas.",
        "Importez un classeur Excel (.xlsx), un fichier CSV ou un fichier JSON.",
    ),
    "table.resave": ("Les fichiers {extension} ne s’importent pas.", RESAVE),
    "table.big": ("Ce fichier pèse plus de {limit} Mo, bien plus qu’un plan de financement.", RETYPE),
    "table.not_workbook": ("Ce fichier porte l’extension .xlsx mais n’est pas un classeur Excel.", RESAVE),
    "table.not_text": (
        "Ce fichier porte l’extension {extension} mais ne contient pas de texte.",
        "Enregistrez-le de nouveau dans ce format, ou importez le classeur (.xlsx).",
    ),
    "table.quotes": (
        "Ce fichier a un guillemet (\") mal ouvert ou mal fermé à la ligne {line}, et la suite ne peut pas être lue.",
        "Corrigez cette ligne, puis importez le fichier de nouveau.",
    ),
    "table.not_json": ("Ce fichier n’est pas du JSON lisible.", "Repartez d’un fichier JSON exporté d’ici."),
    "table.twice": (
        "Ce fichier JSON dit deux fois «\u00a0{key}\u00a0» au même endroit.",
        "Gardez-en une, puis importez-le de nouveau.",
    ),
    "table.version": (
        "Ce fichier JSON suit une autre version du format que celle qui se lit ici.",
        "Exportez de nouveau le plan, puis importez-le.",
    ),
    "table.currency": (
        "Les montants de ce fichier JSON ne sont pas en francs CFA à l’unité "
        "(«\u00a0FCFA\u00a0», ou «\u00a0XOF\u00a0»).",
        RETYPE,
    ),
    "table.foreign": (
        "Ce fichier vient d’un autre dossier, {origin}\u00a0: ses montants sont ceux d’un autre contrat.",
        "Exportez le plan de ce dossier-ci. Si ces montants sont bien les siens, téléchargez son modèle et "
        "recopiez-les-y.",
    ),
    "table.rows": ("Ce tableau compte plus de {limit} lignes remplies.", RETYPE),
    "table.columns": ("Ce tableau compte plus de {limit} colonnes remplies.", RETYPE),
    "table.aside": ("Ce classeur contient plus de {limit} lignes de commentaires ou de zones de texte.", RETYPE),
    "table.hidden_sheet": (
        "Ce classeur masque sa feuille «\u00a0{sheet}\u00a0».",
        "Affichez-la (clic droit sur un onglet, «\u00a0Afficher\u00a0»), ou supprimez-la si elle ne sert plus, puis "
        "importez-le.",
    ),
    "table.no_sheet": ("Ce classeur n’a aucune feuille visible.", RESAVE),
    "table.sheets": (
        "Ce classeur a plusieurs feuilles, et aucune ne s’appelle « Plan ».",
        "Nommez « Plan » celle qui contient les montants, puis importez-le.",
    ),
    "table.empty": ("Ce tableau est vide.", RETYPE),
}

EXPORT = "Exportez de nouveau le dossier (export_dossier), puis importez ce fichier-là."
COPY = "Copiez de nouveau l’archive, comparez son empreinte SHA-256 avec celle que l’export a dite, puis importez-la."

# The archive of a whole dossier, which an administrator imports.
BUNDLE = {
    "bundle.damaged": ("Cette archive est abîmée, ou n’en est pas une.", COPY),
    "bundle.manifest": ("Le manifeste de cette archive est illisible.", EXPORT),
    "bundle.missing": ("Le membre « {part} » manque à cette archive.", COPY),
    "bundle.stranger": ("Le membre « {part} » n’est pas de ceux que cette archive annonce.", EXPORT),
    "bundle.altered": (
        "Le membre « {part} » n’est plus tel qu’il a été exporté : son empreinte ou sa taille a changé.",
        COPY,
    ),
    "bundle.not_json": ("Le membre « {part} » n’est pas du JSON tel que l’export l’écrit.", EXPORT),
    "bundle.members": ("Cette archive compte plus de {limit} membres.", EXPORT),
    "bundle.big": ("Cette archive dépasse ce qu’un dossier peut peser ({limit} Mo).", EXPORT),
    "bundle.duplicate": ("Cette archive contient deux membres du même nom.", EXPORT),
    "bundle.path": ("Cette archive contient un membre au nom interdit (« {part} »).", EXPORT),
    "bundle.packed": (
        "Le membre « {part} » est compressé ou chiffré, alors qu’une archive de dossier ne compresse rien.",
        "N’ouvrez pas l’archive pour la refaire : importez le fichier tel qu’il a été exporté.",
    ),
}

PAIRS = GENERAL | PDF | IMAGE | ARCHIVE | OFFICE | TABLE | BUNDLE
SENTENCES = {reason: " ".join(pair) for reason, pair in PAIRS.items()}


class Refused(Exception):  # noqa: N818 (a refusal is an answer to the user, not an error of ours)
    """A file that may not enter. `message` is for the user; `reason` is a stable code for tests and logs."""

    def __init__(self, reason, **words):
        self.reason = reason
        self.words = words
        self.message = SENTENCES[reason].format(**words)
        super().__init__(self.message)

    def advising(self, advice):
        """The same refusal with another way out: a table is imported, where a document is deposited."""
        self.message = f"{PAIRS[self.reason][0].format(**self.words)} {advice}"
        self.args = (self.message,)
        return self
