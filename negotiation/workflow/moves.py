"""The acts that change the state of a step, by the name that forms post. Each refuses in words, and twice is once."""
from ..choices import Action, Voice
from . import reviews, steps


def speaking(voice):
    def act(progress, *, reason="", **form):
        return reviews.speak(progress, voice, reasons=reason, **form)
    return act


def without_seen(function, **fixed):
    def act(progress, *, seen=None, **form):
        return function(progress, **form, **fixed)
    return act


ACTS = {
    "submit": steps.submit, "recall": steps.recall, "reopen": steps.reopen,
    "approve": speaking(Voice.APPROVE), "return": speaking(Voice.RETURN),
    **{voice.value: speaking(voice) for voice in (Voice.FAVOURABLE, Voice.RESERVED, Voice.UNFAVOURABLE)},
    "cancel_return": without_seen(lambda progress, *, reason="", **form: reviews.cancel_return(progress, **form)),
    "skip": without_seen(reviews.skip),
    "unblock": without_seen(reviews.skip, action=Action.STEP_UNBLOCK),
    "unblock_return": without_seen(reviews.unblock_return),
}


def move(progress, action, *, by, version, key="", reason="", seen=None):
    """Carry out one act on a step. Raises NotAllowed.

    version: of the step as the page showed it; key: one-time key of the form; seen: last act that the page showed.
    """
    return ACTS[action](progress, by=by, version=version, key=key, reason=reason, seen=seen)
