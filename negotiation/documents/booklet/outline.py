"""The chapters of the livret: their order, titles and anchors; and, for its page, what each holds and still lacks."""
from dataclasses import dataclass

from .words import count

TITLES = {
    "identite": "Fiche d’identité",
    "chronologie": "Chronologie de la négociation",
    "calendrier": "Calendrier prévu et réel",
    "acteurs": "Acteurs et rôles",
    "projets": "Projets et financement",
    "positions": "Positions de négociation",
    "obligations": "Engagements au mot près",
    "difficultes": "Difficultés et remèdes",
    "enseignements": "Enseignements et perspectives",
    "decisions": "Décisions sur les étapes",
    "grille": "La grille, étape par étape",
    "empreintes": "Annexe : pièces et empreintes",
    "glossaire": "Glossaire",
    "sources": "Sources",
    "signatures": "Signatures et cachets",
}


@dataclass(frozen=True)
class Chapter:
    """summary: what it holds, in words; missing: what is still empty, in words (nothing when complete)."""
    number: int
    anchor: str
    title: str
    summary: str = ""
    missing: tuple[str, ...] = ()


def chapters(overview=None):
    """{anchor: Chapter}, in the order of the livret; with an overview (queries/booklet.py), what each holds."""
    told = TOLD if overview else {}
    return {anchor: Chapter(number, anchor, title, *(told[anchor](overview) if anchor in told else ()))
            for number, (anchor, title) in enumerate(TITLES.items(), 1)}


def listed(number, one, many, none, missing=()):
    """What a chapter that lists things says: how many, or « Aucun … »."""
    return (count(number, one, many), tuple(missing)) if number else (none, (none.lower(),))


def identity(overview):
    return "Parties, période, total annoncé, parts", () if overview.plan.announced else ("total annoncé",)


def actors(overview):
    silent = overview.silent_actors
    return listed(overview.actors, "acteur", "acteurs", "Aucun acteur",
                  [f"{count(silent, 'acteur', 'acteurs')} sans représentant"] if silent else [])


def projects(overview):
    plan, missing = overview.plan, []
    if plan.without_cost:
        missing.append(f"{count(len(plan.without_cost), 'projet', 'projets')} sans coût estimé")
    if plan.total != plan.announced:
        missing.append(overview.gap[:1].lower() + overview.gap[1:])
    return listed(plan.projects, "projet structurant", "projets structurants", "Aucun projet structurant", missing)


def calendar(overview):
    missing = overview.steps - overview.planned
    return listed(overview.planned, "étape prévue", "étapes prévues", "Aucune date prévue",
                  [count(missing, "étape sans date prévue", "étapes sans date prévue")] if missing else [])


def difficulties(overview):
    without = overview.unremedied
    return listed(overview.difficulties, "difficulté", "difficultés", "Aucune difficulté",
                  [f"{count(without, 'difficulté', 'difficultés')} sans remède"] if without else [])


def grid(overview):
    missing = []
    if silent := overview.questions - overview.answers:
        missing.append(f"{count(silent, 'question', 'questions')} sans réponse sur {overview.questions}")
    if absent := overview.required - overview.given:
        missing.append(count(absent, "pièce exigée absente", "pièces exigées absentes"))
    return f"{count(overview.questions, 'question', 'questions')} de la grille", tuple(missing)


TOLD = {
    "identite": identity,
    "chronologie": lambda o: listed(o.events, "événement", "événements", "Aucun événement"),
    "calendrier": calendar,
    "acteurs": actors,
    "projets": projects,
    "positions": lambda o: listed(o.positions, "position", "positions", "Aucune position"),
    "obligations": lambda o: listed(o.obligations, "obligation", "obligations", "Aucune obligation"),
    "difficultes": difficulties,
    "enseignements": lambda o: listed(o.lessons, "enseignement ou perspective", "enseignements et perspectives",
                                      "Aucun enseignement ni perspective"),
    "decisions": lambda o: listed(o.decisions, "décision", "décisions", "Aucune décision"),
    "grille": grid,
    "glossaire": lambda o: ("Les termes employés dans le livret", ()),
    "sources": lambda o: ("Les sources citées dans le livret", ()),
    "empreintes": lambda o: listed(o.files, "fichier déposé", "fichiers déposés", "Aucun fichier déposé"),
    "signatures": lambda o: ("La page que l’on signe sur papier", ()),
}
