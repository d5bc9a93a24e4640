"""Showing in a form what an act refused, beside its field when the form has it."""
from django.core.exceptions import NON_FIELD_ERRORS


def refuse(form, error):
    """error: a ValidationError, or an exception with `reasons` (whole French sentences)."""
    by_field = getattr(error, "message_dict", None) or {
        NON_FIELD_ERRORS: getattr(error, "reasons", None) or error.messages}
    for name, sentences in by_field.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else constrained(form, sentence), sentence)


def constrained(form, sentence):
    """The last field of the form that a constraint of its model is about, when the sentence is that constraint's."""
    model = getattr(form, "_meta", None) and form._meta.model
    for constraint in model._meta.constraints if model else []:
        if constraint.violation_error_message == sentence:
            condition = getattr(constraint, "condition", None)
            about = getattr(constraint, "fields", None) or (condition.referenced_base_fields if condition else ())
            return next((name for name in reversed(form.fields) if name in about), None)
    return None
