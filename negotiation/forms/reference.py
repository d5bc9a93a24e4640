"""The forms of the administration: clean texts, codes of the shape of their kind, sources that exist, no row twice."""
import re

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, Max

from .. import money
from ..choices import UNDECIDED, LevelRule, is_decided
from ..models import (
    AttentionPoint,
    ExpectedDocument,
    GridActor,
    KnownDifficulty,
    Membership,
    Question,
    ReviewLevel,
    Source,
    StepActor,
    StepDifficulty,
)
from .fields import clean_text

LONGEST = 20_000
# How the chain of a step names the DGCT (workflow/levels.py).
DGCT = "dgct"
# The code of each kind: its shape, and an example. STEP stands for the code of the step.
SHAPES = {
    Source: ("[SC][0-9]{2,3}", "S01 pour une source malienne, C01 pour une comparaison"),
    KnownDifficulty: ("[A-Z][0-9]{1,2}[a-z]?", "F1, T12 ou I1b"),
    Question: (r"STEP\.Q[0-9]{1,2}", "STEP.Q1"),
    ExpectedDocument: (r"STEP\.P[0-9]{1,2}", "STEP.P1"),
    AttentionPoint: (r"STEP\.V[0-9]{1,2}", "STEP.V1"),
    StepDifficulty: (r"STEP\.D[0-9]{1,2}", "STEP.D1"),
}
# What makes two rows of a list the same, and what is said of the second.
TWICE = {
    **dict.fromkeys([Question, ExpectedDocument, AttentionPoint, StepDifficulty],
                    (["code"], "Ce code est déjà celui d’une autre ligne de la liste : donnez-en un autre.")),
    StepActor: (["order"], "Cet ordre est déjà celui d’une autre ligne de la liste : donnez-en un autre."),
    ReviewLevel: (["order"], "Cet ordre est déjà celui d’un autre niveau de la liste : donnez-en un autre."),
    Membership: (["user", "organisation", "role", "starts_on"],
                 "Cette appartenance est déjà dans la liste (mêmes personne, organisation, rôle et premier jour) : "
                 "gardez une seule des deux lignes."),
}


class CodeList(forms.CharField):
    """A list of words, typed with commas between them: « S01, S05 »."""

    def __init__(self, *, encoder=None, decoder=None, **kwargs):
        super().__init__(**kwargs)

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value):
        return [part.strip() for part in clean_text(super().clean(value)).split(",") if part.strip()]

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial), data)


class CleanTexts(forms.ModelForm):
    """What is typed here is held to the rules of every other page. What was loaded and not touched stays as it is."""

    def clean(self):
        cleaned = super().clean()
        for name in self.changed_data:
            if isinstance(cleaned.get(name), str) and "password" not in name:
                try:
                    cleaned[name] = self.readable(self.fields[name], cleaned[name])
                except ValidationError as refusal:
                    self.add_error(name, refusal)
        return cleaned

    def readable(self, field, value):
        text = clean_text(value)
        if field.required and not text:
            raise ValidationError(field.error_messages["required"], code="required")
        if len(text) > LONGEST:
            raise ValidationError(f"Ce texte compte {money.digits(len(text))} caractères ; la limite est de "
                                  f"{money.digits(LONGEST)}. Raccourcissez-le.", code="max_length")
        return text if isinstance(field.widget, forms.Textarea) else text.replace("\n", " ")


class ReferenceForm(CleanTexts):
    """Codes are keys: of the shape of their kind, fixed once saved. Sources must exist."""
    keys = ("code", "order", "slug")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ReferenceForm.keys:
            if name in self.fields:
                self.fields[name].disabled = bool(self.instance.pk) and name in self.keys
                narrow = "vPositiveSmallIntegerField" if name == "order" else ""
                self.fields[name].widget.attrs |= {"class": narrow, "size": 30 if name == "slug" else 6}

    def clean_code(self):
        code = self.cleaned_data["code"]
        if self._meta.model in SHAPES and not self.fields["code"].disabled:
            step = self.instance.step.code if hasattr(self.instance, "step_id") else ""
            shape, like = (told.replace("STEP", step) for told in SHAPES[self._meta.model])
            if not re.fullmatch(shape, code):
                raise ValidationError(f"Écrivez un code comme {like}.")
        return code

    def clean(self):
        cleaned = super().clean()
        for name in ("sources", "remedy_sources"):
            cited = cleaned.get(name) or []
            missing = set(cited) - set(Source.objects.filter(code__in=cited).values_list("code", flat=True))
            if missing:
                self.add_error(name, f"Source inconnue : {', '.join(sorted(missing))}.")
        return cleaned


class LevelForm(ReferenceForm):
    """A level names actors of the grid, or the DGCT; a quorum is no more than those who may sit. Its order may change:
    a submission has its own copy of its levels."""
    keys = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # With the place that the page showed: another page may have moved the level meanwhile.
        self.fields["order"].show_hidden_initial = True
        for name in ("quorum", "delay_days"):
            self.fields[name].widget.attrs["class"] = "vPositiveSmallIntegerField"

    def clean(self):
        cleaned = super().clean()
        parties = cleaned.get("parties") or []
        known = {DGCT, *GridActor.objects.filter(code__in=parties).values_list("code", flat=True)}
        if missing := [code for code in parties if code not in known]:
            self.add_error("parties", f"Acteur inconnu : {', '.join(missing)}. Écrivez les codes de la liste des "
                                      f"acteurs de la grille, ou « {DGCT} ».")
        elif "parties" in cleaned and not parties:
            self.add_error("parties", "Dites qui se prononce à ce niveau.")
        elif len(set(parties)) < len(parties):
            self.add_error("parties", "Un même acteur est écrit deux fois : gardez-le une fois.")
        quorum, rule = cleaned.get("quorum"), cleaned.get("rule")
        if rule == LevelRule.QUORUM and not quorum:
            self.add_error("quorum", "Dites combien d’organisations font le quorum.")
        elif rule == LevelRule.QUORUM and parties and quorum > len(parties):
            self.add_error("quorum", f"Le quorum dépasse le nombre d’acteurs ({len(parties)}).")
        elif rule and rule != LevelRule.QUORUM and quorum is not None:
            self.add_error("quorum", "Seule la règle « quorum » demande un nombre : videz cette case, ou changez de "
                                     "règle.")
        return cleaned


class EachOnce(forms.BaseInlineFormSet):
    """A list in which no row is there twice; said in a sentence, where Django names columns."""

    def validate_unique(self):
        key, sentence = TWICE.get(self.model, ([], ""))
        seen = set()
        for form in self.forms:
            # Who left may come back the same day: a membership that was ended is in nobody's way.
            ended = getattr(form.instance, "ended_at", None)
            if not form.is_valid() or form in self.deleted_forms or not form.cleaned_data or not key or ended:
                continue
            row = tuple(form.cleaned_data.get(name) for name in key if name != self.fk.name)
            if row in seen:
                form.add_error(key[-1], sentence)
            seen.add(row)


STALE = ("Depuis que cette page est ouverte, quelqu’un a {} : rien n’est enregistré. Les lignes sont celles "
         "d’aujourd’hui, avec ce que vous y aviez changé. Relisez-les, puis enregistrez de nouveau.")


class Chain(EachOnce):
    """The levels of a step: the last one decides. They are numbered anew when one is added, moved or removed.

    A chain is one thing: it is refused to a page that showed another one, and shown again as it is today, with what was
    typed about the levels that are still there.
    """
    stale = ""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.is_bound:
            self.stale = self.realigned()

    def realigned(self):
        """What has happened to the chain since the page showed it, in words; the rows posted are then put beside the
        levels of today."""
        try:
            n_shown, total = (int(self.data[f"{self.prefix}-{name}_FORMS"]) for name in ("INITIAL", "TOTAL"))
        except (KeyError, ValueError):
            return ""
        rows = [self.posted(index) for index in range(min(total, self.absolute_max))]
        shown = {row.get("id"): row for row in rows[:n_shown]}
        levels = {str(level.pk): level for level in self.get_queryset()}
        moved = [pk for pk in shown.keys() & levels.keys()
                 if shown[pk].get("initial-order", str(levels[pk].order)) != str(levels[pk].order)]
        if shown.keys() != levels.keys():
            what = "ajouté ou retiré un niveau"
        elif moved:
            what = "déplacé un niveau"
        else:
            return ""
        self.place([self.today(level, shown.get(pk)) for pk, level in levels.items()], rows[n_shown:])
        return STALE.format(what)

    def posted(self, index):
        """{name of a field: what was typed} of one row; « initial-order » is the one that its page showed."""
        prefix = f"{self.add_prefix(index)}-"
        return {f"{initial}{key.removeprefix(initial + prefix)}": value for initial in ("", "initial-")
                for key, value in self.data.items() if key.startswith(initial + prefix)}

    def today(self, level, row):
        """The row of a level as it is today, with what was typed about it (row), if it was shown."""
        form = self.form(instance=level)
        stored = {name: form[name].value() for name in form.fields}
        stored = {name: "" if value is None else str(value) for name, value in stored.items()}
        if row and row.get("order") == row.get("initial-order"):
            row = row | {"order": stored["order"]}
        own = {"id": str(level.pk), self.fk.name: str(self.instance.pk), "initial-order": stored["order"]}
        return stored | (row or {}) | own

    def place(self, levels, added):
        """Put these rows where a page that shows the levels of today would have them."""
        kept = {key: value for key, value in self.data.items()
                if not key.removeprefix("initial-").startswith(f"{self.prefix}-")}
        counts = {"INITIAL": len(levels), "TOTAL": len(levels) + len(added), "MIN_NUM": 0, "MAX_NUM": self.max_num}
        kept |= {f"{self.prefix}-{name}_FORMS": str(n) for name, n in counts.items()}
        for index, row in enumerate([*levels, *added]):
            for name, value in row.items():
                initial = "initial-" if name.startswith("initial-") else ""
                kept[f"{initial}{self.add_prefix(index)}-{name.removeprefix(initial)}"] = value
        self.data = kept

    @property
    def kept(self):
        """The forms of the levels that the chain will have, in order."""
        forms = [form for form in self.forms if form.cleaned_data and form not in self.deleted_forms]
        return sorted(forms, key=lambda form: form.cleaned_data["order"])

    def clean(self):
        if self.stale:
            raise ValidationError(self.stale)
        super().clean()
        if not all(form.is_valid() for form in self.forms if form not in self.deleted_forms):
            return
        kinds = [form.cleaned_data["kind"] for form in self.kept]
        if self.deleted_forms and not kinds:
            raise ValidationError("Gardez au moins un niveau, qui examine ou qui décide.")
        if not is_decided(kinds):
            raise ValidationError(UNDECIDED)

    def save(self, commit=True):
        moved = self.deleted_forms or any("order" in form.changed_data for form in self.kept)
        found = super().save(commit=commit and not moved)
        if not commit or not moved:
            return found
        for level in self.deleted_objects:
            level.delete()
        # No two levels have the same number, not even for an instant: they all leave their places first.
        rows = ReviewLevel.objects.filter(step=self.instance)
        rows.update(order=F("order") + (rows.aggregate(last=Max("order"))["last"] or 0) + 1)
        for order, form in enumerate(self.kept, 1):
            # The loader sees that the chain was written by hand (`loaded_digest`).
            form.instance.order, form.instance.loaded_digest = order, ""
            form.instance.save()
        return found


class PersonForm(CleanTexts):
    """An account. `by` is who edits it: nobody shuts the door of the administration behind themselves."""
    by = None

    def clean_email(self):
        return self.cleaned_data["email"].lower()

    def clean(self):
        cleaned = super().clean()
        for name in ("is_active", "is_staff", "is_superuser"):
            if self.by and self.instance.pk == self.by.pk and name in self.changed_data and not cleaned.get(name):
                self.add_error(name, "Vous ne pouvez pas vous retirer cet accès à vous-même : demandez-le à un autre "
                                     "administrateur.")
        return cleaned
