"""Chains the journal: rank and hashes for the entries already there, then the triggers that keep it append-only."""
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from negotiation.models import guard
from negotiation.workflow.chain import seal, told_by

BATCH = 500


def chain(apps, schema_editor):
    """Link the existing entries, in the order of their keys, in constant memory."""
    entries, heads = (apps.get_model("negotiation", name) for name in ("JournalEntry", "JournalHead"))
    slugs = dict(apps.get_model("negotiation", "Negotiation").objects.values_list("pk", "slug"))
    for dossier in [None, *slugs]:
        number, previous, after = 0, "", 0
        while batch := list(entries.objects.filter(negotiation=dossier, pk__gt=after).order_by("pk")[:BATCH]):
            for entry in batch:
                entry.number, entry.previous = number + 1, previous
                entry.hash = seal(told_by(entry), slugs.get(dossier, ""))
                number, previous, after = entry.number, entry.hash, entry.pk
            entries.objects.bulk_update(batch, ["number", "previous", "hash"])
        if number or dossier is None:
            heads.objects.create(chain=dossier or 0, number=number, hash=previous)


def close(apps, schema_editor):
    guard.install(schema_editor.connection)


def reopen(apps, schema_editor):
    guard.lift(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [("negotiation", "0003_calendar")]

    operations = [
        migrations.CreateModel(
            name="JournalHead",
            fields=[
                ("chain", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="dossier")),
                ("number", models.PositiveIntegerField(default=0, verbose_name="nombre d’actes")),
                ("hash", models.CharField(blank=True, max_length=64, verbose_name="empreinte du dernier acte")),
            ],
            options={"verbose_name": "fin de journal", "verbose_name_plural": "fins de journaux"},
        ),
        migrations.AddField("journalentry", "number", models.PositiveIntegerField(
            default=0, editable=False, verbose_name="rang"), preserve_default=False),
        migrations.AddField("journalentry", "previous", models.CharField(
            blank=True, default="", editable=False, max_length=64, verbose_name="empreinte de l’acte précédent"),
            preserve_default=False),
        migrations.AddField("journalentry", "hash", models.CharField(
            default="", editable=False, max_length=64, verbose_name="empreinte"), preserve_default=False),
        migrations.AlterField("journalentry", "at", models.DateTimeField(
            default=django.utils.timezone.now, editable=False, verbose_name="quand")),
        migrations.AlterField("journalentry", "by", models.ForeignKey(
            null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL,
            verbose_name="qui")),
        migrations.RunPython(chain, migrations.RunPython.noop),
        migrations.AddConstraint("journalentry", models.UniqueConstraint(
            fields=["negotiation", "number"], name="journal_number_unique")),
        migrations.AddConstraint("journalentry", models.UniqueConstraint(
            condition=models.Q(("negotiation__isnull", True)), fields=["number"],
            name="journal_number_unique_without_dossier")),
        *[migrations.AddIndex("journalentry", models.Index(fields=["negotiation", name], name=f"journal_{name}"))
          for name in ("organisation", "action", "at")],
        migrations.RunPython(close, reopen),
    ]
