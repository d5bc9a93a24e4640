"""Showing in a form what an act refused, beside its field when the form has it; what was typed, without the form."""
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS

# What cannot be copied: a file, and a box, whose label says nothing of what was ticked.
NOT_COPIED = (forms.FileInput, forms.CheckboxInput)


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


def typed(form):
    """[(label, what was typed, or the words of what was chosen)] of the fields that were filled in, to be copied where
    the form itself is no longer shown."""
    filled = [(one, str(one.value() or "")) for one in form.visible_fields()
              if not isinstance(one.field.widget, NOT_COPIED)]
    return [(one.label, {str(value): words for value, words in getattr(one.field, "choices", ())}.get(text, text))
            for one, text in filled if text.strip()]
