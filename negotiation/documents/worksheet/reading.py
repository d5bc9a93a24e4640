"""What a file that comes back says of itself, judged from the codes of its pages; refuses to trust an unsigned one."""
from dataclasses import dataclass, replace
from itertools import chain

from django.conf import settings

from ... import codes
from ...files.apart import CODE_PAGES, EDITION_PATH, read_codes_apart
from ...files.refusals import Refused
from ..slots import Busy, slot
from . import marking

# Looking for a code takes seconds of processor: so many at once, and those who wait too long come back later.
READERS, WAIT = 2, 15

OTHER = ("Cette fiche a été imprimée pour un autre dossier : elle n’est pas rangée ici, et le fichier n’est pas gardé. "
         "Ouvrez le dossier de cette fiche, puis déposez-la dans sa page « Fiches papier ».")
RESERVED = ("Ce fichier contient une feuille réservée à l’équipe de la Région : une pièce déposée serait lue aussi par "
            "la DGCT et les services de l’État. Il n’est donc pas gardé. Recopiez ses réponses dans les questions "
            "réservées de l’étape {}, que votre équipe est seule à lire.")
UNREAD = ("Le carré noir de la fiche n’a pas pu être lu : photo floue, trop sombre ou coupée, ou page sans carré. Rien "
          "n’est perdu : le fichier est gardé, dites seulement à quelle étape le ranger.")
FORGED = ("Le carré noir de cette page n’a pas été imprimé par cette application : il n’est pas suivi. Dites à quelle "
          "étape ranger le fichier, qui est gardé.")
BUSY = ("D’autres fichiers sont en cours de lecture sur cette machine, et celui-ci n’a pas pu être regardé : rien "
        "n’est déposé. Réessayez dans une minute.")
TOO_LONG = (f"Ce fichier contient une fiche de travail et compte plus de {CODE_PAGES} pages : une fiche remplie se "
            f"dépose en un fichier de {CODE_PAGES} pages au plus. Déposez les fiches séparément, un fichier par fiche.")
SEVERAL = ("Ce fichier réunit des fiches de plusieurs étapes ({}). Dites où le ranger tout entier, ou déposez un "
           "fichier par étape.")


@dataclass(frozen=True)
class Reading:
    """refusal: nothing may be kept; doubt: the person says which step; else `mark`, of the oldest page, says it.

    marks: sheets of ours. unread: pages without a readable code, or not looked at whole. page: « page 2 sur 3 », when
    the file holds this one alone. blind: not all of the file was looked at, which does not say that it holds nothing.
    editions: the verification codes of the editions of a livret whose pages are there.
    """
    refusal: str = ""
    doubt: str = ""
    mark: marking.Mark | None = None
    marks: int = 0
    unread: int = 0
    page: str = ""
    blind: bool = False
    editions: frozenset = frozenset()

    @property
    def is_whole(self):
        """Has every page said what it is?"""
        return bool(self.mark) and not self.unread


def read(kind, data, slug):
    """What a file deposited in this dossier says. One that cannot be searched is not one without a code."""
    try:
        with slot(settings.VAR / "renders", count=READERS, wait=WAIT, name="code-"):
            pages = read_codes_apart(kind, data)
    except Busy:
        return Reading(refusal=BUSY)
    except Refused:
        return Reading(doubt=UNREAD, unread=1, blind=True)
    sheets = [[text for text in texts if not EDITION_PATH.fullmatch(text)] for texts in pages]
    return replace(told(sheets, slug), editions=frozenset(filter(None, map(edition_code, chain(*pages)))))


def edition_code(text):
    """The verification code of the edition that this text leads to, or ""."""
    found = EDITION_PATH.fullmatch(text)
    return codes.read(found[1]) if found else ""


def told(pages, slug):
    """pages: the texts on each page of the file; slug: of the dossier where it is deposited."""
    found = [[mark for mark in map(marking.read, texts) if mark] for texts in pages]
    marks = [mark for page in found for mark in page]
    if any(not marking.is_of(mark, slug) for mark in marks):
        return Reading(refusal=OTHER)
    if reserved := next((mark for mark in marks if mark.is_reserved), None):
        return Reading(refusal=RESERVED.format(reserved.step))
    blind = len(pages) > CODE_PAGES or any("" in texts for texts in pages)
    if not marks:
        return Reading(doubt=FORGED if any(map(any, pages)) else UNREAD, blind=blind)
    if len(pages) > CODE_PAGES:
        return Reading(refusal=TOO_LONG)
    steps = sorted({mark.step for mark in marks})
    if len(steps) > 1:
        return Reading(doubt=SEVERAL.format(", ".join(steps)), marks=len(marks), blind=blind)
    oldest = min(marks, key=lambda mark: mark.minute)
    page = f"page {oldest.page} sur {oldest.pages}" if len(pages) == len(marks) == 1 and oldest.pages > 1 else ""
    unread = sum("" in texts or not of_page for texts, of_page in zip(pages, found, strict=True))
    return Reading(mark=oldest, marks=len(marks), unread=unread, page=page, blind=blind)
