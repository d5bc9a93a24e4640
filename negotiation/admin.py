"""The administration: the grid, the reference data and the accounts. Never a door around workflow/.

Dossiers, states and journals are not here. What negotiations rest on is edited, not deleted; people are deactivated,
their name stays; logos of the livrets are shown or not. An edited row is left alone by `load_grid`.
"""
from allauth.account import admin as allauth_admin
from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin, messages
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db import models
from django_tasks_db import admin as queue_admin

from .choices import Check
from .forms.emblems import EmblemForm
from .forms.reference import Chain, CleanTexts, CodeList, EachOnce, LevelForm, PersonForm, ReferenceForm
from .models import (
    AttentionPoint,
    Deputy,
    Emblem,
    ExpectedDocument,
    Grid,
    GridActor,
    GridActorRole,
    Holiday,
    KnownDifficulty,
    Membership,
    Organisation,
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
    User,
)
from .workflow import accounts, deputies
from .workflow.transitions import NotAllowed

site = admin.site
site.site_header = site.site_title = "CPER/D — Administration"
site.index_title = "La grille, les références et les comptes"
# One sign-in for everybody: its attempts are counted, which those of the admin's own page are not.
site.login = secure_admin_login(site.login)
# Rights come from memberships, addresses from the person: neither has a second place. The queue tells nobody anything:
# what is being made, and why it failed, is on the page of the livret.
for model in (Group, allauth_admin.EmailAddress, queue_admin.DBTaskResult):
    site.unregister(model)

# The lists of a step fit on a screen of 1280 px.
SMALL = {
    models.TextField: {"widget": forms.Textarea(attrs={"rows": 3, "cols": 32})},
    models.CharField: {"widget": forms.TextInput(attrs={"size": 32})},
    models.JSONField: {"form_class": CodeList, "widget": forms.TextInput(attrs={"size": 10}),
                       "help_text": "Séparez par des virgules."},
}


class Lasting:
    """What is edited and not deleted. `added`, `removed`: whether rows may be, by hand."""
    form = ReferenceForm
    formfield_overrides = {models.JSONField: {"form_class": CodeList, "help_text": "Séparez par des virgules."}}
    added, removed = True, False
    last = ("note", "source_status", "sources")

    def get_fields(self, request, obj=None):
        """What a row says first, how far it is attested last."""
        fields = super().get_fields(request, obj)
        return [name for name in fields if name not in self.last] + [name for name in self.last if name in fields]

    def has_delete_permission(self, request, obj=None):
        return self.removed and super().has_delete_permission(request, obj)

    def has_add_permission(self, request, obj=None):
        return self.added and super().has_add_permission(request, *([obj] if isinstance(self, Inline) else []))


class Inline(admin.TabularInline):
    extra = 0
    formset = EachOnce


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
        label="contrôles du dossier", choices=Check, required=False, widget=forms.CheckboxSelectMultiple,
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


class Kept:
    """People, organisations and logos come and go: they are deactivated or dated, never deleted."""

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Emblem)
class EmblemAdmin(Kept, admin.ModelAdmin):
    form = EmblemForm
    list_display = ["label", "region", "order", "is_shown"]
    list_select_related = ["region"]
    search_fields = ["label"]


class Journalled:
    """What is written here of people is told in the journal, in the transaction of the change."""

    def save_model(self, request, row, form, change):
        super().save_model(request, row, form, change)
        accounts.written(row, before(form), by=request.user, added=not change)

    def save_formset(self, request, form, formset, change):
        super().save_formset(request, form, formset, change)
        for one in formset.forms:
            if one.has_changed() and one.instance.pk:
                accounts.written(one.instance, before(one), by=request.user,
                                 added=one.instance in formset.new_objects)


def before(form):
    return {name: form.initial.get(name) for name in form.changed_data}


class MembershipInline(Kept, Inline):
    model = Membership


class PersonCreation(PersonForm, AdminUserCreationForm):
    """There is no other way in than a password."""
    usable_password = None

    class Meta:
        model = User
        fields = ["email", "name", "function"]


class PersonChange(PersonForm, UserChangeForm):
    class Meta:
        model = User
        fields = ["email", "password", "name", "function", "is_active", "is_staff", "is_superuser"]


class PasswordChange(AdminPasswordChangeForm):
    usable_password_help_text = "Sans mot de passe, nul ne se connecte ; l’actuel sera perdu."  # noqa: S105 — a sentence


@admin.register(User)
class PersonAdmin(Journalled, Kept, auth_admin.UserAdmin):
    form, add_form, change_password_form = PersonChange, PersonCreation, PasswordChange
    ordering = ["email"]
    list_display = ["name", "email", "function", "organisations", "is_active", "is_staff", "last_login"]
    list_display_links = ["name", "email"]
    list_filter = ["is_active", "memberships__role", "memberships__organisation__kind", "is_staff", "is_demo"]
    search_fields = ["email", "name", "function", "memberships__organisation__name"]
    filter_horizontal = ()
    readonly_fields = ["last_login", "date_joined", "is_demo"]
    fieldsets = [
        (None, {"fields": ["email", "password", "name", "function"]}),
        ("Accès", {"fields": ["is_active", "is_staff", "is_superuser"]}),
        ("Repères", {"fields": ["last_login", "date_joined", "is_demo"]}),
    ]
    add_fieldsets = [(None, {"classes": ["wide"], "fields": [
        "email", "name", "function", "password1", "password2"]})]
    inlines = [MembershipInline]
    actions = ["deactivate"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("memberships__organisation")

    def get_readonly_fields(self, request, obj=None):
        rights = [] if request.user.is_superuser else ["is_staff", "is_superuser"]
        return [*self.readonly_fields, *rights]

    def has_change_permission(self, request, obj=None):
        """Whoever is not a superuser changes no superuser: not even the password."""
        allowed = request.user.is_superuser or obj is None or not obj.is_superuser
        return allowed and super().has_change_permission(request, obj)

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.by = request.user
        return form

    def log_change(self, request, person, message):
        """Django tells its own log of a new password here, after it is saved: the journal is told too."""
        if request.resolver_match.url_name == "auth_user_password_change":
            accounts.password_changed(person, by=request.user)
        return super().log_change(request, person, message)

    @admin.display(description="appartenances")
    def organisations(self, person):
        return ", ".join(f"{m.organisation} ({m.get_role_display()})" for m in person.memberships.all()) or "—"

    @admin.action(description="Désactiver les personnes sélectionnées", permissions=["change"])
    def deactivate(self, request, queryset):
        chosen = queryset.exclude(pk=request.user.pk)
        if not request.user.is_superuser:
            chosen = chosen.exclude(is_superuser=True)
        count = sum(accounts.deactivate(person, by=request.user) for person in chosen)
        self.message_user(request, f"Comptes désactivés : {count}. Leur nom reste dans les dossiers.", messages.SUCCESS)


@admin.register(Organisation)
class OrganisationAdmin(Journalled, Kept, admin.ModelAdmin):
    form = CleanTexts
    list_display = ["name", "acronym", "kind", "region", "is_training"]
    list_filter = ["kind", "region", "is_training"]
    list_select_related = ["region"]
    search_fields = ["name", "acronym"]
    inlines = [MembershipInline]

    def get_readonly_fields(self, request, obj=None):
        """The roles of the members depend on the kind: it is chosen once."""
        return ["kind"] if obj else []

    def get_inlines(self, request, obj):
        """Members come once the organisation is saved: their roles are checked against its kind."""
        return self.inlines if obj else []


@admin.register(Deputy)
class DeputyAdmin(Kept, admin.ModelAdmin):
    """Named and ended by the acts of workflow/, which journal them; not changed otherwise."""
    list_display = ["deputy", "membership", "starts_on", "ends_on", "ended_at", "created_by"]
    list_select_related = ["deputy", "membership__user", "membership__organisation", "created_by"]
    search_fields = ["deputy__name", "deputy__email", "membership__user__name", "membership__organisation__name"]
    actions = ["end"]

    def has_change_permission(self, request, obj=None):
        """Without an object it opens the list and its action."""
        return obj is None and super().has_change_permission(request)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "membership":
            kwargs["queryset"] = Membership.objects.current().select_related("user", "organisation")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request, deputy, form, change):
        deputies.name(deputy, by=request.user)

    @admin.action(description="Mettre fin maintenant aux suppléances sélectionnées", permissions=["change"])
    def end(self, request, queryset):
        for deputy in queryset:
            try:
                deputies.end(deputy, by=request.user)
            except NotAllowed as refusal:
                self.message_user(request, f"{deputy} : {refusal}", messages.WARNING)
