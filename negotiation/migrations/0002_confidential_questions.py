"""Answers that reveal the mandate of the Region are reserved to its team: those already written, and in the journal."""
from django.db import migrations, models

# Step D1 of the grid: points that are not negotiable, financial floor, order of the concessions.
CODES = ["D1.Q1", "D1.Q2", "D1.Q3"]


def reserve(apps, schema_editor):
    """A question that an administrator has edited is left alone by the loader: it is reserved here."""
    apps.get_model("negotiation", "Question").objects.filter(code__in=CODES).update(confidential=True)
    entries = apps.get_model("negotiation", "JournalEntry").objects.filter(
        action="step.answer", progress__step__code="D1")
    for entry in entries:
        told = entry.details.get("answers", {})
        entry.details["answers"] = {code: {"reserved": True} if code in CODES else text for code, text in told.items()}
        entry.save(update_fields=["details"])


class Migration(migrations.Migration):
    dependencies = [("negotiation", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="question",
            name="confidential",
            field=models.BooleanField(default=False, verbose_name="réservée à l’équipe de la Région"),
        ),
        migrations.RunPython(reserve, migrations.RunPython.noop),
    ]
