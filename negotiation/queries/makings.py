"""What the page of an edition that is being made shows: its stages, and how far it is."""
from dataclasses import dataclass

from ..choices import MakingState

STAGES = (MakingState.GATHERING, MakingState.LAYOUT, MakingState.WRITING)
TOLD = {MakingState.GATHERING: "Préparation des pages", MakingState.LAYOUT: "Mise en page",
        MakingState.WRITING: "Enregistrement du fichier"}
DONE, GOING, TO_COME = ("fait", "done"), ("en cours", "going"), ("à venir", "unknown")


@dataclass(frozen=True)
class Stage:
    """word and tag: how far it is, « en cours » and the colour of it."""
    label: str
    word: str
    tag: str


def stages(making):
    """The content, frozen already, then what is made of it, in order."""
    reached = STAGES.index(making.state) if making.state in STAGES else -1
    return [Stage("Contenu figé", *DONE), *(
        Stage(TOLD[state], *(DONE if place < reached else GOING if place == reached else TO_COME))
        for place, state in enumerate(STAGES))]


def mark(making):
    """What a page that shows this making has shown: another mark, and there is something new to see."""
    return f"{making.pk}-{making.state}-{making.attempts}-{int(making.is_silent)}"
