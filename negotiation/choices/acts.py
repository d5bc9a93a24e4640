"""The acts that the journal keeps: their names, their families, and those of which a Region or its team alone hears."""
from django.db.models import TextChoices


class Action(TextChoices):
    """The acts of the journal, as it tells them: « DGCT, 12 mars : approuve l’étape A1 »."""
    NEGOTIATION_OPEN = "negotiation.open", "ouvre la négociation"
    DOSSIER_SHARE = "dossier.share", "ouvre le dossier à une organisation"
    DOSSIER_UNSHARE = "dossier.unshare", "ferme le dossier à une organisation"
    DOSSIER_RESTORE = "dossier.restore", "restaure un dossier depuis une archive"
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
    BOOKLET_ABANDON = "booklet.abandon", "abandonne la préparation d’une édition du livret"
    BOOKLET_PUBLISH = "booklet.publish", "publie une édition du livret"
    BOOKLET_REPLACE = "booklet.replace", "remplace une édition du livret"
    BOOKLET_WITHDRAW = "booklet.withdraw", "retire une édition du livret"
    BOOKLET_SIGN = "booklet.sign", "constate que le contrat est signé"
    SHARE_CREATE = "share.create", "crée un lien de partage"
    SHARE_REVOKE = "share.revoke", "révoque un lien de partage"
    SIGNATURE_DEPOSIT = "signature.deposit", "dépose une signature"
    SIGNATURE_WITHDRAW = "signature.withdraw", "retire une signature"
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
    HANDOVER_DECLINE = "handover.decline", "n’accepte pas une passation"


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
    "etapes": ("Étapes : début et réponses", ("step.start", "step.answer")),
    "pieces": ("Pièces", ("document.",)),
    "fiches": ("Fiches et rôles", ("record.", "roles.")),
    "financement": ("Financement", ("plan.", "total.")),
    "positions": ("Positions, mandat et scénarios", ("position.", "mandate.", "scenario.")),
    "examen": ("Soumissions, examen et observations", (
        "step.submit", "step.recall", "step.opinion", "step.pass", "step.approve", "step.return", "step.cancel_return",
        "step.reopen", "step.skip", "step.unblock", "step.escalate", "review.", "remark.")),
    "calendrier": ("Calendrier", ("calendar.",)),
    "acces": ("Ouverture et accès", ("negotiation.", "dossier.")),
    "personnes": ("Équipe, suppléances et passations", (
        "invitation.", "membership.", "account.", "organisation.", "deputy.", "handover.")),
    "livret": ("Livret, partages et signatures", ("booklet.", "share.", "signature.")),
}


def acts_of(family):
    """The acts of one family of ACT_FAMILIES."""
    return [action for action in Action if action.startswith(ACT_FAMILIES[family][1])]
