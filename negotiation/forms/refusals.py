"""Showing in a form what an act refused, beside its field when the form has it."""
from django.core.exceptions import NON_FIELD_ERRORS


def refuse(form, error):
    """error: a ValidationError, or an exception with `reasons` (whole French sentences)."""
    by_field = getattr(error, "message_dict", None) or {
        NON_FIELD_ERRORS: getattr(error, "reasons", None) or error.messages}
    for name, sentences in by_field.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)
