"""The chapters of the livret: their order, titles and anchors, what each holds and what it still lacks."""
from dataclasses import dataclass

from .words import count


@dataclass(frozen=True)
class Chapter:
    """summary: what it holds, in words; missing: what is still empty, in words (nothing when complete)."""
    number: int
    anchor: str
    title: str
    summary: str
    missing: tuple[str, ...]


def chapters(content):
    """{anchor: Chapter}, in the order of the livret."""
    body = content.body
    told = [
        ("identite", "Fiche d’identité", *identity(body)),
        ("chronologie", "Chronologie de la négociation", *chronology(body)),
        ("acteurs", "Acteurs et rôles", *actors(body)),
        ("projets", "Projets et financement", *projects(body)),
        ("obligations", "Obligations de faire", *listed(body.obligations, "obligation", "obligations")),
        ("difficultes", "Difficultés et remèdes", *difficulties(body)),
        ("enseignements", "Enseignements et perspectives", *lessons(body)),
        ("grille", "La grille, étape par étape", *grid(body)),
        ("decisions", "Décisions sur les étapes", *listed(body.decisions, "décision", "décisions")),
        ("glossaire", "Glossaire", *listed(content.glossary, "terme employé", "termes employés")),
        ("sources", "Sources", *listed(content.sources, "source citée", "sources citées")),
        ("empreintes", "Annexe : empreintes des pièces", *listed(body.fingerprints, "fichier", "fichiers")),
    ]
    return {anchor: Chapter(number, anchor, title, summary, tuple(missing))
            for number, (anchor, title, summary, missing) in enumerate(told, 1)}


def listed(found, one, many, gender="e"):
    if found:
        return count(len(found), one, many), ()
    none = "Aucun" if one in ("terme employé", "fichier", "événement", "acteur") else f"Aucun{gender}"
    return f"{none} {one}", (f"{none.lower()} {one}",)


def identity(body):
    blanks = [fact.label for fact in body.identity.facts if not fact.value]
    filled = len(body.identity.facts) - len(blanks)
    return count(filled, "rubrique", "rubriques"), [f"{label.lower()} : {body.blank}" for label in blanks]


def chronology(body):
    return listed([event for year in body.years for event in year.events], "événement", "événements")


def actors(body):
    found = [actor for side in body.sides for actor in side.actors]
    spoken = sum(bool(actor.representatives) for actor in found)
    summary, missing = listed(found, "acteur", "acteurs")
    silent = len(found) - spoken
    return summary, [*missing, *([f"{count(silent, 'acteur', 'acteurs')} sans représentant"] if silent else [])]


def projects(body):
    found = [project for project in body.projects if not project.whole_contract]
    missing = [] if found else ["aucun projet structurant"]
    without = sum(project.cost is None for project in found)
    if without:
        missing.append(f"{count(without, 'projet', 'projets')} sans coût estimé")
    if body.plan.total != body.plan.announced or body.plan.announced is None:
        missing.append(body.plan.sentence)
    return count(len(found), "projet structurant", "projets structurants"), missing


def difficulties(body):
    summary, missing = listed(body.difficulties, "difficulté", "difficultés")
    without = sum(not difficulty.remedy for difficulty in body.difficulties)
    return summary, [*missing, *([f"{count(without, 'difficulté', 'difficultés')} sans remède"] if without else [])]


def lessons(body):
    found = [text for one in body.difficulties for text in (one.lesson, one.perspective) if text]
    return listed(found, "enseignement ou perspective", "enseignements et perspectives", gender="")


def grid(body):
    steps = body.steps
    questions = [answer for step in steps for answer in step.answers]
    silent = sum(not answer.text for answer in questions)
    absent = sum(piece.required and not piece.reserved for step in steps for piece in step.absent)
    missing = []
    if silent:
        missing.append(f"{count(silent, 'question', 'questions')} sans réponse sur {len(questions)}")
    if absent:
        missing.append(f"{count(absent, 'pièce exigée absente', 'pièces exigées absentes')}")
    return f"{count(len(body.phases), 'phase', 'phases')}, {count(len(steps), 'étape', 'étapes')}", missing
