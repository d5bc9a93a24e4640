"""Every closed list of the field, with its French labels and groupings. Imports Django only."""
from django.db.models import IntegerChoices, TextChoices

from .acts import ACT_FAMILIES, CONTENT_ACTIONS, PLAN_ACTIONS, TEAM_ACTIONS, Action, acts_of  # noqa: F401 — read from here


class SourceStatus(TextChoices):
    """How far a statement of the grid is attested; what is inferred is « proposé », never law."""
    SOURCED = "sourced", "sourcé"
    COMPARATIVE = "comparative", "comparatif"
    PROPOSED = "proposed", "proposé"


class Origin(TextChoices):
    MALI = "mali", "source malienne"
    COMPARATOR = "comparator", "comparaison"


class RegionKind(TextChoices):
    REGION = "region", "Région"
    DISTRICT = "district", "District"


class OrganisationKind(TextChoices):
    COUNCIL = "council", "Conseil régional ou du District"
    DGCT = "dgct", "Direction générale des Collectivités territoriales"
    SERVICE = "service", "Autre service de l’État"
    PARTNER = "partner", "Partenaire"
    PLATFORM = "platform", "Administration de l’application"


class Role(TextChoices):
    """What a membership allows; each kind of organisation has its own roles (ROLES_OF)."""
    EDITOR = "editor", "rédacteur"
    MANAGER = "manager", "responsable"
    EXAMINER = "examiner", "examinateur"
    DIRECTOR = "director", "directeur"
    ADVISER = "adviser", "avis"
    PARTNER = "partner", "partenaire"
    ADMINISTRATOR = "administrator", "administrateur"


ROLES_OF = {
    OrganisationKind.COUNCIL: {Role.EDITOR, Role.MANAGER},
    OrganisationKind.DGCT: {Role.EXAMINER, Role.DIRECTOR},
    OrganisationKind.SERVICE: {Role.ADVISER},
    OrganisationKind.PARTNER: {Role.PARTNER},
    OrganisationKind.PLATFORM: {Role.ADMINISTRATOR},
}


# Those who examine, give an opinion, or unblock an examination.
REVIEWERS = {Role.EXAMINER, Role.DIRECTOR, Role.ADVISER, Role.ADMINISTRATOR}
# Who writes for a Region, and examines none of its dossiers.
WRITERS = {Role.EDITOR, Role.MANAGER}
# The State's own: they see every dossier.
CENTRAL = {OrganisationKind.DGCT, OrganisationKind.PLATFORM}


class Side(TextChoices):
    STATE = "state", "État central"
    STATE_LOCAL = "state_local", "État déconcentré"
    AUTHORITY = "authority", "Région, District et autres collectivités"
    FUNDER = "funder", "Agences et financeurs"
    CIVIL = "civil", "Société civile, diaspora, secteur privé"


class Raci(TextChoices):
    RESPONSIBLE = "R", "réalise"
    ACCOUNTABLE = "A", "approuve, répond du résultat"
    CONSULTED = "C", "consulté"
    INFORMED = "I", "informé"


class StepRole(TextChoices):
    LEAD = "lead", "chef de file"
    ASSOCIATED = "associated", "associé"


class Check(TextChoices):
    """What a step asks of the dossier beyond its own questions and documents."""
    ACTORS = "actors", "acteurs représentés"
    EVENTS = "events", "événement de la chronologie"
    PROJECTS = "projects", "projets structurants décrits"
    COSTS = "costs", "coûts estimés"
    PLAN = "plan", "plan de financement"
    BALANCED = "balanced", "plan égal au total annoncé"
    OBLIGATIONS = "obligations", "obligations de faire"
    DIFFICULTIES = "difficulties", "difficultés relevées"
    LESSONS = "lessons", "enseignements et perspectives"


class Nature(TextChoices):
    REAL = "real", "négociation"
    RECONSTITUTED = "reconstituted", "reconstitué à partir de sources publiques"
    FICTIONAL = "fictional", "exercice fictif"


class State(TextChoices):
    """State of one step of one negotiation; moves between them are in workflow/transitions.py."""
    TODO = "todo", "à commencer"
    DRAFT = "draft", "en cours"
    SUBMITTED = "submitted", "soumise"
    RETURNED = "returned", "à corriger"
    APPROVED = "approved", "approuvée"


class EditionState(TextChoices):
    """What became of an edition of the livret."""
    ESTABLISHED = "established", "établie"
    PUBLISHED = "published", "publiée"
    REPLACED = "replaced", "remplacée"
    WITHDRAWN = "withdrawn", "retirée"


class MakingState(TextChoices):
    """How far the file of an edition is, between the request and the edition itself."""
    WAITING = "waiting", "en attente"
    GATHERING = "gathering", "préparation des pages"
    LAYOUT = "layout", "mise en page"
    WRITING = "writing", "enregistrement du fichier"
    FAILED = "failed", "interrompue"


class Party(TextChoices):
    """Who signs the contract."""
    REGION = "region", "la Région ou le District"
    STATE = "state", "l’État"


EDITABLE_STATES = {State.TODO, State.DRAFT, State.RETURNED}


class LevelKind(TextChoices):
    """What a level of the chain of approval does: an opinion informs, an examination and a decision decide."""
    OPINION = "opinion", "avis"
    EXAMINATION = "examination", "examen"
    DECISION = "decision", "décision"


# Said of a chain that would leave the decision to an opinion.
UNDECIDED = ("Le dernier niveau est un avis : un avis informe, il ne décide pas. Placez un examen ou une décision "
             "après lui.")


def is_decided(kinds):
    """Does a chain, by the kinds of its levels in order, end on one that decides? An empty one is the DGCT's."""
    return not kinds or kinds[-1] != LevelKind.OPINION


class LevelRule(TextChoices):
    """How many of the organisations of a level must speak (opinion) or approve (examination, decision)."""
    ALL = "all", "tous"
    ANY = "any", "un seul"
    QUORUM = "quorum", "quorum"


class LevelMode(TextChoices):
    PARALLEL = "parallel", "en même temps"
    SEQUENTIAL = "sequential", "l’un après l’autre"


class Voice(TextChoices):
    """What an organisation says at a level."""
    FAVOURABLE = "favourable", "favorable"
    RESERVED = "reserved", "réservé"
    UNFAVOURABLE = "unfavourable", "défavorable"
    APPROVE = "approve", "approuve"
    RETURN = "return", "renvoie"
    # Passed over: who gave it waited no longer for the organisation, which said nothing.
    SKIPPED = "skipped", "passé outre"


VOICES_OF = {
    LevelKind.OPINION: {Voice.FAVOURABLE, Voice.RESERVED, Voice.UNFAVOURABLE},
    LevelKind.EXAMINATION: {Voice.APPROVE, Voice.RETURN},
    LevelKind.DECISION: {Voice.APPROVE, Voice.RETURN},
}
# Who speaks for an organisation at each kind of level; a State service has advisers only.
ROLES_AT = {
    LevelKind.OPINION: {Role.ADVISER, Role.EXAMINER, Role.DIRECTOR},
    LevelKind.EXAMINATION: {Role.ADVISER, Role.EXAMINER},
    LevelKind.DECISION: {Role.ADVISER, Role.DIRECTOR},
}
# Who speaks too once the delay has passed.
NEXT_AT = {LevelKind.OPINION: set(), LevelKind.EXAMINATION: {Role.DIRECTOR}, LevelKind.DECISION: set()}
# An opinion that is not favourable says why.
VOICES_WITH_REASONS = {Voice.RESERVED, Voice.UNFAVOURABLE}


class Outcome(TextChoices):
    """How a submission, or one level of it, ended."""
    APPROVED = "approved", "approuvée"
    RETURNED = "returned", "renvoyée"
    RECALLED = "recalled", "reprise par la Région"
    PASSED = "passed", "franchi"
    SKIPPED = "skipped", "passé outre"


def conclusion(kind, rule, quorum, voices):
    """What a level concludes from its voices ("" for an organisation that has not spoken): PASSED, RETURNED or "".

    Opinions inform: enough of them, whatever they say, and the level is passed. An organisation that was passed over is
    waited for no more.
    """
    voices = [voice for voice in voices if voice != Voice.SKIPPED]
    count = len(voices)
    needed = {LevelRule.ALL: count, LevelRule.ANY: min(1, count), LevelRule.QUORUM: min(quorum or 1, count)}[rule]
    if kind == LevelKind.OPINION:
        return Outcome.PASSED if sum(map(bool, voices)) >= needed else ""
    approved = sum(voice == Voice.APPROVE for voice in voices)
    returned = sum(voice == Voice.RETURN for voice in voices)
    if rule == LevelRule.ANY and returned and not approved:
        return Outcome.RETURNED
    if approved >= needed and count:
        return Outcome.PASSED
    return Outcome.RETURNED if returned > count - needed else ""


class RemarkState(TextChoices):
    DRAFT = "draft", "pas encore envoyée"
    OPEN = "open", "ouverte"
    ANSWERED = "answered", "répondue"
    SETTLED = "settled", "levée"


class Precision(TextChoices):
    DAY = "day", "au jour"
    MONTH = "month", "au mois"
    YEAR = "year", "à l’année"


class EventKind(TextChoices):
    INFORMATION = "information", "information"
    MEETING = "meeting", "réunion"
    WORKSHOP = "workshop", "atelier"
    CONSULTATION = "consultation", "concertation"
    COUNCIL = "council", "session du Conseil"
    CROCSAD = "crocsad", "session du CROCSAD"
    NEGOTIATION = "negotiation", "séance de négociation"
    MISSION = "mission", "mission ou visite"
    LETTER = "letter", "courrier ou transmission"
    SIGNATURE = "signature", "signature"
    OTHER = "other", "autre"


class Family(TextChoices):
    FINANCIAL = "financial", "financière"
    TECHNICAL = "technical", "technique"
    INSTITUTIONAL = "institutional", "institutionnelle"
    HUMAN = "human", "humaine"
    SECURITY = "security", "sécurité"
    COMMUNICATION = "communication", "communication"

    @property
    def phrase(self):
        """« difficulté financière », « difficulté de sécurité »."""
        return f"difficulté {'de ' if self in (Family.SECURITY, Family.COMMUNICATION) else ''}{self.label}"


class Evidence(TextChoices):
    DIRECT = "direct", "sur un CPER/D"
    NEIGHBOURING = "neighbouring", "sur un instrument malien voisin"
    COMPARATOR = "comparator", "à l’étranger"


class DifficultyState(TextChoices):
    OPEN = "open", "signalée"
    ONGOING = "ongoing", "en traitement"
    RESOLVED = "resolved", "résolue"
    UNDOCUMENTED = "undocumented", "non documenté"


class ObligationState(TextChoices):
    TODO = "todo", "à faire"
    ONGOING = "ongoing", "en cours"
    KEPT = "kept", "tenue"
    MISSED = "missed", "non tenue"
    UNDOCUMENTED = "undocumented", "non documenté"


NOT_DONE = {ObligationState.TODO, ObligationState.ONGOING}


class PositionKind(TextChoices):
    """What a party puts on the table for one project."""
    REQUEST = "request", "demande"
    PROPOSAL = "proposal", "proposition"
    COUNTER = "counter", "contre-proposition"
    COMPROMISE = "compromise", "compromis"

    @classmethod
    def of(cls, side):
        """The kinds that a side may say: a demand is the Region's, a proposal the State's or a partner's."""
        return [kind for kind in cls if kind != (cls.PROPOSAL if side == Side.AUTHORITY else cls.REQUEST)]


class PositionState(TextChoices):
    TABLED = "tabled", "sur la table"
    AGREED = "agreed", "convenue"
    WITHDRAWN = "withdrawn", "retirée"


class Severity(TextChoices):
    """What a finding of the checks on the money prevents: the submission of the step, or nothing."""
    BLOCKING = "blocking", "bloquant"
    WARNING = "warning", "avertissement"


class LimitKind(TextChoices):
    """What a financing rule bounds, and by what: an amount (AMOUNT_LIMITS) or a share of the whole."""
    STATE_YEAR = "state_year", "enveloppe de l’État par année"
    STATE_TOTAL = "state_total", "enveloppe de l’État pour tout le contrat"
    REGION_SHARE = "region_share", "part minimale de la Région"
    FINANCIER_SHARE = "financier_share", "part maximale d’un financeur"


# In order: a constraint of the database is written from it, and a set would be written differently each time.
AMOUNT_LIMITS = (LimitKind.STATE_YEAR, LimitKind.STATE_TOTAL)
# Whose money counts against the envelope of the State.
STATE_SIDES = {Side.STATE, Side.STATE_LOCAL}


class Unallocated(IntegerChoices):
    """The year of a contribution whose schedule is not known yet (or not documented)."""
    YEAR = 0, "non réparti"


class HandoverState(TextChoices):
    PROPOSED = "proposed", "proposée"
    ACCEPTED = "accepted", "acceptée"
    WITHDRAWN = "withdrawn", "retirée"
    DECLINED = "declined", "non acceptée"


class NoticeKind(TextChoices):
    """What people are told of. A draft, or an opinion before the decision, is none of these."""
    TURN = "turn", "C’est à vous"
    DECISION = "decision", "Étape approuvée"
    CHANGED = "changed", "Dossier modifié après une approbation"
    ANSWER = "answer", "Réponse à une observation"
    LATE = "late", "Retard d’examen"
    REMINDER = "reminder", "Rappel d’échéance"
    TEAM = "team", "Équipe et suppléances"
    BOOKLET = "booklet", "Livret publié"


class Frequency(TextChoices):
    """When a mail tells it; the page of notifications shows it at once in every case."""
    IMMEDIATE = "immediate", "tout de suite"
    DAILY = "daily", "une fois par jour ouvré"
    WEEKLY = "weekly", "une fois par semaine, le lundi"
    NEVER = "never", "jamais"


# Until the person chooses. What waits for somebody is told at once; what informs is gathered.
USUAL_FREQUENCY = {
    NoticeKind.TURN: Frequency.IMMEDIATE, NoticeKind.DECISION: Frequency.IMMEDIATE,
    NoticeKind.CHANGED: Frequency.DAILY,
    NoticeKind.LATE: Frequency.IMMEDIATE, NoticeKind.ANSWER: Frequency.DAILY, NoticeKind.REMINDER: Frequency.DAILY,
    NoticeKind.TEAM: Frequency.DAILY, NoticeKind.BOOKLET: Frequency.WEEKLY,
}
