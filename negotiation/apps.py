"""The one Django app of the project."""
from django.apps import AppConfig


class NegotiationConfig(AppConfig):
    name = "negotiation"
    verbose_name = "Négociation"
    default_auto_field = "django.db.models.BigAutoField"
