"""What still prevents an act, in whole sentences: the list that guides the page is the list that refuses."""
from .. import checklist


def to_submit(progress):
    """The sentences that a submission of this step must answer first; empty when nothing is missing."""
    found = checklist.items(progress.negotiation, [progress])
    return [item.sentence for item in [*found[progress.step_id], *checklist.blocks(progress)] if not item.done]
