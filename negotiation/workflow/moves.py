"""The acts that change the state of a step, by the name that forms post. Each refuses in words, and twice is once."""
from ..choices import Action, Voice
from . import cancelled_returns, reviews, steps, ways_out


def speaking(voice):
    def act(progress, *, reason="", **form):
        return reviews.speak(progress, voice, reasons=reason, **form)
    return act


def without_page(function, **fixed):
    """An act that sends nothing of what the page showed."""
    def act(progress, *, seen=None, drafts=None, **form):
        return function(progress, **form, **fixed)
    return act


ACTS = {
    "submit": steps.submit, "recall": steps.recall, "reopen": steps.reopen,
    "approve": speaking(Voice.APPROVE), "return": speaking(Voice.RETURN),
    **{voice.value: speaking(voice) for voice in (Voice.FAVOURABLE, Voice.RESERVED, Voice.UNFAVOURABLE)},
    "cancel_return": without_page(cancelled_returns.cancel_return),
    "skip": without_page(ways_out.skip),
    "unblock": lambda progress, *, seen=None, **form: ways_out.skip(progress, **form, action=Action.STEP_UNBLOCK),
    "unblock_return": lambda progress, *, seen=None, **form: ways_out.unblock_return(progress, **form),
}


def move(progress, action, *, by, version, key="", reason="", seen=None, drafts=None):
    """Carry out one act on a step. Raises NotAllowed.

    version: of the step as the page showed it; key: one-time key of the form; seen: last act that the page showed;
    drafts: marks of what reviewers have written and not sent, as it showed them.
    """
    return ACTS[action](progress, by=by, version=version, key=key, reason=reason, seen=seen, drafts=drafts)
