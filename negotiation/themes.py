"""The themes under which a published livret is found, told from the words of its projects.

No dossier says the theme of a project: these ten, and the words that lead to them, are a proposal of the application,
and the page says so. Words are folded (folding.py); one that ends with « * » stands for all that begin with it.
"""
from django.db.models import TextChoices

from .folding import fold


class Theme(TextChoices):
    FARMING = "agriculture", "Agriculture et irrigation"
    HERDING = "elevage", "Élevage et pastoralisme"
    WATER = "eau", "Eau et assainissement"
    ROADS = "routes", "Routes, pistes et transports"
    ENERGY = "energie", "Énergie"
    TRADE = "economie", "Marchés, transformation et emploi"
    SCHOOL = "education", "Éducation et formation"
    HEALTH = "sante", "Santé"
    NATURE = "environnement", "Environnement"
    CULTURE = "culture", "Culture, jeunesse, sport et tourisme"


WORDS = {
    Theme.FARMING: "agric* agro* rizic* riz irrig* maraich* cereal* semence* verger* plaine plaines",
    Theme.HERDING: "pastor* elevage* eleveur* betail abattoir* laiti* fourrag* piscic* peche pecheur* avicol*",
    Theme.WATER: "eau eaux forage* puits adduction* hydraul* assainiss* latrine* caniveau*",
    Theme.ROADS: "route routes routier* routiere* piste pistes pont ponts desenclav* transport* bac gare gares",
    Theme.ENERGY: "energ* electri* solaire* eclairage",
    Theme.TRADE: "marche marches transformation* commerc* artisan* industri* entrepr* emploi* magasin* baobab karite "
                 "boutique*",
    Theme.SCHOOL: "ecole* scolai* lycee* college* enseign* formation* educat* universit* alphabet*",
    Theme.HEALTH: "sante sanitaire* hopital* cscom csref maternite* medic*",
    Theme.NATURE: "environn* rebois* foret* foresti* climat* erosion berge berges desertif* dechet*",
    Theme.CULTURE: "cultur* sport* stade* jeunes jeunesse touris* musee* patrimoine",
}


def themes_of(text):
    """The themes whose words this text holds, in the order above."""
    words = set(fold(text).split())
    return [theme for theme, known in WORDS.items() if any(
        any(word.startswith(one[:-1]) for word in words) if one.endswith("*") else one in words
        for one in known.split())]
