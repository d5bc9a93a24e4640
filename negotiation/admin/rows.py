"""What the pages of the administration share: rows that last, rows that come and go, rows inside another page."""
from django.contrib import admin
from django.db import models

from ..forms.reference import CodeList, EachOnce, ReferenceForm


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


class Kept:
    """People, organisations and logos come and go: they are deactivated or dated, never deleted."""

    def has_delete_permission(self, request, obj=None):
        return False
