"""The pages of the administration in few words: their addresses, what their forms would post back, what they refuse."""
from django.urls import reverse


def address(model, page, *args):
    return reverse(f"admin:negotiation_{model._meta.model_name}_{page}", args=args)


def fields(response, prefix=None):
    """What the forms of a page would post back."""
    context = response.context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data = {}
    for form in forms:
        for field in form:
            value = field.value()
            if value is not None and value is not False and not field.field.disabled:
                data[field.html_name] = field.field.prepare_value(value)
            if field.field.show_hidden_initial:
                shown = form.data.get(field.html_initial_name) if form.is_bound else field.initial
                data |= {field.html_initial_name: shown} if shown is not None else {}
    return data


def errors(response):
    """Every sentence that the page shows: of the form, of the lists, of their rows."""
    forms = [response.context["adminform"].form]
    lists = [inline.formset for inline in response.context["inline_admin_formsets"]]
    told = [form.errors for form in (*forms, *(form for one in lists for form in one.forms))]
    return [sentence for one in told for sentences in one.values() for sentence in sentences] + [
        sentence for one in lists for sentence in one.non_form_errors()]
