"""The public holidays of Mali, as data an administrator corrects: delays count working days with them."""
from django.db import models

from .reference import Reference


class HolidayManager(models.Manager):
    def dates(self, first, last):
        """The closed days from `first` to `last`, both included, as a set: what negotiation/dates.py counts with."""
        return set(self.filter(date__range=(first, last), is_closed=True).values_list("date", flat=True))


class Holiday(Reference):
    """One day of one year. `code` names the feast of the year that the library gave; a day added by hand has none.

    A feast that moves is moved by its date; a day that turns out to be worked is no longer `is_closed`.
    """
    sources = None
    code = models.CharField(max_length=120, unique=True, null=True, editable=False)
    date = models.DateField("date", unique=True, error_messages={"unique": "Ce jour est déjà dans la liste."})
    name = models.CharField("nom", max_length=120)
    is_closed = models.BooleanField("jour chômé", default=True,
                                    help_text="Décochez si les services travaillent ce jour-là.")

    objects = HolidayManager()

    class Meta:
        verbose_name, verbose_name_plural = "jour férié", "jours fériés"
        ordering = ["date"]

    def __str__(self):
        return f"{self.date:%d/%m/%Y} — {self.name}"
