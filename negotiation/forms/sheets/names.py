"""Finding in a dossier the project or the financier that a file names; refuses to guess between two."""
import difflib
from collections import defaultdict

from .words import financier_names, key, plain

# « Projet temporaire » is 0.69 of « Projet éphémère », « Route de Kita » 0.77 of « Piste de Kita ».
NEAR = 0.75


class Unknown(ValueError):
    """No such name, or more than one; str() says it in French, with the nearest name."""


class Register:
    """The names of one kind. names: [(text, pk)], those that count first before those that may also be used."""

    def __init__(self, noun, *names):
        self.noun = noun
        self.exact = [index(group, plain) for group in names]
        self.near = index([one for group in names for one in group], key)
        self.shown = [plain(text) for text, _ in names[0]]
        self.read = {}

    def find(self, text):
        """The pk that this text names. Raises Unknown."""
        if text not in self.read:
            self.read[text] = self.looked_up(text)
        return self.read[text]

    def looked_up(self, text):
        for among, wanted in [*((one, plain(text)) for one in self.exact), (self.near, key(text))]:
            if len(found := among.get(wanted, ())) == 1:
                return next(iter(found))
            if found:
                raise Unknown(f"plusieurs {self.noun}s s’appellent « {plain(text)} » : donnez-leur des noms "
                              "différents.")
        near = difflib.get_close_matches(key(text), [key(name) for name in self.shown], 1, NEAR)
        if near:
            name = next(name for name in self.shown if key(name) == near[0])
            raise Unknown(f"{self.noun} inconnu, « {plain(text)} ». Vouliez-vous dire « {name} » ?")
        raise Unknown(f"{self.noun} inconnu, « {plain(text)} » : ajoutez-le d’abord au dossier, ou corrigez ce nom.")

    def knows(self, text):
        try:
            self.find(text)
        except Unknown:
            return False
        return True


def index(names, shape):
    """{shape of the text: {pk}}"""
    found = defaultdict(set)
    for text, pk in names:
        found[shape(text)].add(pk)
    return found


def projects_of(plan):
    return Register("projet", [(one.name, one.project) for one in plan.blocks])


def financiers_of(plan):
    shown = financier_names(plan.parties)
    return Register("financeur", [(shown[one.pk], one.pk) for one in plan.parties],
                    [(one.name, one.pk) for one in plan.parties], [(one.label, one.pk) for one in plan.parties])
