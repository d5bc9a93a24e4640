"""The accounts: people, organisations and their members, deputies. What is written here of people is journalled."""
from django.contrib import admin, messages
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm

from ..forms.reference import CleanTexts, PersonForm
from ..models import Deputy, Membership, Organisation, User
from ..workflow import accounts, deputies
from ..workflow.transitions import NotAllowed
from .rows import Inline, Kept


class Journalled:
    """What is written here of people is told in the journal, in the transaction of the change."""

    def save_model(self, request, row, form, change):
        if change:
            accounts.hold(row)
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
