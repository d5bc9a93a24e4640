"""In whose name a person acts on a dossier: their own, or a colleague's whom they stand in for. Makes no query."""
from ..choices import CONTENT_ACTIONS, TEAM_ACTIONS, Action, Role

# What these roles do in their own name. Any other act of theirs, they can only do for the person they replace;
# a role that is not here does everything it does in its own name.
OWN = {
    Role.EDITOR: {Action.STEP_START, Action.STEP_ANSWER, Action.DOCUMENT_DEPOSIT, Action.DOCUMENT_WAIVE,
                  *TEAM_ACTIONS, *CONTENT_ACTIONS - {Action.POSITION_AGREE}},
    Role.EXAMINER: {Action.REVIEW_OPEN, Action.STEP_APPROVE, Action.STEP_PASS, Action.STEP_RETURN, Action.STEP_OPINION,
                    Action.STEP_CANCEL_RETURN, Action.STEP_SKIP, Action.REMARK_SETTLE, Action.REMARK_MAINTAIN,
                    Action.POSITION_PROPOSE, Action.POSITION_WITHDRAW},
}


def acting_for(user, organisation, action, roles=None):
    """The name of the person replaced when the act is theirs to do, and not the person's own; else nothing.

    roles: those that may do this very act, when the place where it is done decides (a level of an examination).
    """
    held = [m for m in user.current_memberships if organisation and m.organisation_id == organisation.pk]
    own = {m.role for m in held if not m.acting_for}
    if roles is not None:
        return "" if own & set(roles) else next((m.acting_for for m in held if m.acting_for and m.role in roles), "")
    if any(role not in OWN or action in OWN[role] for role in own):
        return ""
    return next((m.acting_for for m in held if m.acting_for and m.role not in own), "")
