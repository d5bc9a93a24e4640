"""Every closed list of the field, with its French labels and groupings. Imports Django only."""
from django.db.models import IntegerChoices, TextChoices


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


EDITABLE_STATES = {State.TODO, State.DRAFT, State.RETURNED}


class LevelKind(TextChoices):
    """What a level of the chain of approval does: an opinion informs, an examination and a decision decide."""
    OPINION = "opinion", "avis"
    EXAMINATION = "examination", "examen"
    DECISION = "decision", "décision"


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


class Action(TextChoices):
    """The acts of the journal, as it tells them: « DGCT, 12 mars : approuve l’étape A1 »."""
    NEGOTIATION_OPEN = "negotiation.open", "ouvre la négociation"
    DOSSIER_SHARE = "dossier.share", "ouvre le dossier à une organisation"
    DOSSIER_UNSHARE = "dossier.unshare", "ferme le dossier à une organisation"
    STEP_START = "step.start", "commence l’étape"
    STEP_ANSWER = "step.answer", "enregistre des réponses"
    STEP_SUBMIT = "step.submit", "soumet l’étape à la DGCT"
    STEP_RETURN = "step.return", "renvoie l’étape pour correction"
    STEP_APPROVE = "step.approve", "approuve l’étape"
    STEP_REOPEN = "step.reopen", "rouvre l’étape"
    STEP_RECALL = "step.recall", "reprend l’étape avant son examen"
    STEP_CANCEL_RETURN = "step.cancel_return", "annule le renvoi de l’étape"
    STEP_OPINION = "step.opinion", "rend son avis sur l’étape"
    STEP_PASS = "step.pass", "se prononce sur l’étape"
    STEP_UNBLOCK = "step.unblock", "débloque l’examen de l’étape"
    STEP_SKIP = "step.skip", "passe au niveau suivant de l’examen de l’étape"
    STEP_ESCALATE = "step.escalate", "signale un retard d’examen sur l’étape"
    REVIEW_OPEN = "review.open", "prend en charge l’examen de l’étape"
    REMARK_ANSWER = "remark.answer", "répond à une observation"
    REMARK_SETTLE = "remark.settle", "lève une observation"
    REMARK_MAINTAIN = "remark.maintain", "maintient une observation"
    DOCUMENT_DEPOSIT = "document.deposit", "dépose une pièce"
    DOCUMENT_WAIVE = "document.waive", "déclare une pièce sans objet"
    RECORD_ADD = "record.add", "ajoute"
    RECORD_CHANGE = "record.change", "modifie"
    RECORD_REMOVE = "record.remove", "supprime"
    ROLES_CHANGE = "roles.change", "modifie la matrice des rôles"
    PLAN_CHANGE = "plan.change", "modifie le plan de financement"
    TOTAL_ANNOUNCE = "total.announce", "change le total annoncé"
    POSITION_PROPOSE = "position.propose", "inscrit une position"
    POSITION_AGREE = "position.agree", "convient d’une position, qui devient le plan de financement"
    POSITION_WITHDRAW = "position.withdraw", "retire une position"
    MANDATE_CHANGE = "mandate.change", "modifie le mandat confidentiel de négociation"
    SCENARIO_ADD = "scenario.add", "crée un scénario"
    SCENARIO_CHANGE = "scenario.change", "modifie un scénario"
    SCENARIO_REMOVE = "scenario.remove", "supprime un scénario"
    SCENARIO_ADOPT = "scenario.adopt", "fait d’un scénario des positions"
    CALENDAR_PROPOSE = "calendar.propose", "propose un calendrier"
    CALENDAR_CHANGE = "calendar.change", "modifie les dates prévues"
    BOOKLET_FREEZE = "booklet.freeze", "établit une édition du livret"
    BOOKLET_PUBLISH = "booklet.publish", "publie une édition du livret"
    BOOKLET_REPLACE = "booklet.replace", "remplace une édition du livret"
    BOOKLET_WITHDRAW = "booklet.withdraw", "retire une édition du livret"
    INVITATION_SEND = "invitation.send", "invite à rejoindre une équipe"
    INVITATION_RESEND = "invitation.resend", "renvoie une invitation"
    INVITATION_REVOKE = "invitation.revoke", "révoque une invitation"
    INVITATION_ACCEPT = "invitation.accept", "accepte une invitation"
    MEMBERSHIP_ADD = "membership.add", "ajoute une appartenance"
    MEMBERSHIP_CHANGE = "membership.change", "modifie une appartenance"
    MEMBERSHIP_END = "membership.end", "met fin à une appartenance"
    ACCOUNT_ADD = "account.add", "crée un compte"
    ACCOUNT_CHANGE = "account.change", "modifie un compte"
    ACCOUNT_DEACTIVATE = "account.deactivate", "désactive un compte"
    ORGANISATION_ADD = "organisation.add", "crée une organisation"
    ORGANISATION_CHANGE = "organisation.change", "modifie une organisation"
    DEPUTY_NAME = "deputy.name", "désigne un suppléant"
    DEPUTY_END = "deputy.end", "met fin à une suppléance"
    HANDOVER_PROPOSE = "handover.propose", "propose une passation"
    HANDOVER_ACCEPT = "handover.accept", "accepte une passation"
    HANDOVER_WITHDRAW = "handover.withdraw", "retire une passation"


# What a step may check besides its own answers and documents.
CONTENT_ACTIONS = {Action.RECORD_ADD, Action.RECORD_CHANGE, Action.RECORD_REMOVE, Action.ROLES_CHANGE,
                   Action.PLAN_CHANGE, Action.TOTAL_ANNOUNCE, Action.POSITION_PROPOSE, Action.POSITION_AGREE,
                   Action.POSITION_WITHDRAW}
# Acts on what is the Region's alone: its mandate and its scenarios. Nobody else reads them in the journal.
TEAM_ACTIONS = {Action.MANDATE_CHANGE, Action.SCENARIO_ADD, Action.SCENARIO_CHANGE, Action.SCENARIO_REMOVE,
                Action.SCENARIO_ADOPT}
# The acts that write amounts in the plan, each with the cells it changed.
PLAN_ACTIONS = (Action.PLAN_CHANGE, Action.POSITION_AGREE)

# What the journal can be filtered by: {word of the address: (label, beginnings of the acts' codes)}.
ACT_FAMILIES = {
    "etapes": ("Étapes : réponses et décisions", ("step",)),
    "pieces": ("Pièces", ("document",)),
    "fiches": ("Fiches et rôles", ("record", "roles")),
    "financement": ("Financement", ("plan", "total")),
    "positions": ("Positions, mandat et scénarios", ("position", "mandate", "scenario")),
    "examen": ("Examen et observations", ("review", "remark")),
    "calendrier": ("Calendrier", ("calendar",)),
    "acces": ("Ouverture et accès", ("negotiation", "dossier")),
    "personnes": ("Équipe, suppléances et passations", ("invitation", "membership", "account", "organisation",
                                                                "deputy", "handover")),
    "livret": ("Livret", ("booklet",)),
}


def acts_of(family):
    """The acts of one family of ACT_FAMILIES."""
    return [action for action in Action if action.split(".")[0] in ACT_FAMILIES[family][1]]
