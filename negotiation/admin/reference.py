"""The reference data: grid, actors, glossary, sources, Regions, holidays, logos of the livrets."""
from django import forms
from django.contrib import admin
from django.db import models

from ..choices import Check
from ..forms.emblems import EmblemForm
from ..forms.reference import Chain, CodeList, LevelForm, ReferenceForm
from ..models import (
    AttentionPoint,
    Emblem,
    ExpectedDocument,
    Grid,
    GridActor,
    GridActorRole,
    Holiday,
    KnownDifficulty,
    Phase,
    Question,
    Region,
    ReviewLevel,
    Source,
    Step,
    StepActor,
    StepDifficulty,
    Term,
    Text,
)
from .rows import Inline, Kept, Lasting

# The lists of a step fit on a screen of 1280 px.
SMALL = {
    models.TextField: {"widget": forms.Textarea(attrs={"rows": 3, "cols": 32})},
    models.CharField: {"widget": forms.TextInput(attrs={"size": 32})},
    models.JSONField: {"form_class": CodeList, "widget": forms.TextInput(attrs={"size": 10}),
                       "help_text": "Séparez par des virgules."},
}


class ReferenceInline(Lasting, Inline):
    formfield_overrides = {**Lasting.formfield_overrides, **SMALL}


class ReferenceAdmin(Lasting, admin.ModelAdmin):
    list_per_page = 50


class Loaded(ReferenceAdmin):
    """Rows that only a file of the project brings (`manage.py load_grid`)."""
    added = False


@admin.register(Grid)
class GridAdmin(Loaded):
    list_display = ["title", "code", "phase_count"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(n_phases=models.Count("phases"))

    @admin.display(description="phases")
    def phase_count(self, grid):
        return grid.n_phases


@admin.register(Phase)
class PhaseAdmin(Loaded):
    list_display = ["code", "title", "grid", "duration", "source_status"]
    list_display_links = ["code", "title"]
    list_filter = ["grid", "source_status"]
    list_select_related = ["grid"]
    search_fields = ["title", "goal", "inputs", "outputs"]
    readonly_fields = ["grid"]


class StepForm(ReferenceForm):
    checks = forms.MultipleChoiceField(
        label="Contrôles du dossier", choices=Check, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Ce que le dossier vérifie avant la soumission, en plus des questions et des pièces exigées.")


class StepActorInline(ReferenceInline):
    model = StepActor


class ReservedInline(ReferenceInline):
    """What is reserved to a Region's team comes from the files: one click must not open mandates already written."""
    readonly_fields = ["confidential"]


class ReviewLevelInline(ReferenceInline):
    """What examines the step. A submission keeps the levels that it was sent with: a change is for the next ones."""
    model, form, formset, exclude, removed = ReviewLevel, LevelForm, Chain, ["sources"], True
    verbose_name_plural = "niveaux d’approbation (un changement vaut pour les prochaines soumissions seulement)"


class QuestionInline(ReservedInline):
    model = Question


class ExpectedDocumentInline(ReservedInline):
    model = ExpectedDocument


class AttentionPointInline(ReferenceInline):
    model = AttentionPoint


class StepDifficultyInline(ReferenceInline):
    """Two texts a row."""
    model = StepDifficulty
    formfield_overrides = {**ReferenceInline.formfield_overrides, models.TextField: {
        "widget": forms.Textarea(attrs={"rows": 5, "cols": 16})}}


@admin.register(Step)
class StepAdmin(Loaded):
    form = StepForm
    list_display = ["code", "title", "phase", "duration", "source_status", "validation_status"]
    list_display_links = ["code", "title"]
    list_filter = ["phase__grid", "phase__code", "source_status", "validation_status"]
    list_select_related = ["phase"]
    search_fields = ["code", "title", "objective", "questions__text", "documents__name"]
    readonly_fields = ["phase"]
    inlines = [ReviewLevelInline, StepActorInline, QuestionInline, ExpectedDocumentInline, AttentionPointInline,
               StepDifficultyInline]

    def get_object(self, request, object_id, from_field=None):
        """Two administrators save the chain at one instant: the second waits, then sees what the first has written."""
        found = super().get_object(request, object_id, from_field)
        if found and request.method == "POST":
            list(Step.objects.select_for_update().filter(pk=found.pk))
        return found


@admin.register(KnownDifficulty)
class KnownDifficultyAdmin(ReferenceAdmin):
    list_display = ["code", "text", "family", "evidence", "remedy_status"]
    list_display_links = ["code", "text"]
    list_filter = ["family", "evidence", "remedy_status"]
    search_fields = ["code", "text", "remedy"]


class GridActorRoleInline(ReferenceInline):
    model = GridActorRole
    added = False
    readonly_fields = ["phase"]


@admin.register(GridActor)
class GridActorAdmin(ReferenceAdmin):
    list_display = ["name", "acronym", "side", "matrix_order", "financier", "source_status"]
    list_filter = ["side", "financier", "source_status"]
    search_fields = ["name", "acronym", "code"]
    inlines = [GridActorRoleInline]


@admin.register(Term)
class TermAdmin(ReferenceAdmin):
    list_display = ["term", "expansion", "definition", "english"]
    search_fields = ["term", "expansion", "definition", "english"]
    prepopulated_fields = {"slug": ["term"]}

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields


@admin.register(Source)
class SourceAdmin(ReferenceAdmin):
    formfield_overrides = {**Lasting.formfield_overrides, models.URLField: {"assume_scheme": "https"}}
    list_display = ["code", "label", "origin", "url"]
    list_display_links = ["code", "label"]
    list_filter = ["origin"]
    search_fields = ["code", "label", "url"]


@admin.register(Text)
class TextAdmin(ReferenceAdmin):
    list_display = ["order", "title"]
    list_display_links = ["order", "title"]
    search_fields = ["title", "contribution"]


@admin.register(Region)
class RegionAdmin(Loaded):
    list_display = ["code_ct", "name", "kind", "capital", "code_ca", "iso", "codes_to_check"]
    list_display_links = ["code_ct", "name"]
    list_filter = ["kind", "codes_to_check"]
    search_fields = ["name", "capital"]


@admin.register(Holiday)
class HolidayAdmin(ReferenceAdmin):
    """Islamic holidays are loaded on estimated dates: the date and the name are corrected here when they are known."""
    list_display = ["date", "name", "is_closed"]
    list_display_links = ["date", "name"]
    list_filter = ["is_closed"]
    search_fields = ["name"]
    date_hierarchy = "date"


@admin.register(Emblem)
class EmblemAdmin(Kept, admin.ModelAdmin):
    form = EmblemForm
    list_display = ["label", "region", "order", "is_shown"]
    list_select_related = ["region"]
    search_fields = ["label"]
