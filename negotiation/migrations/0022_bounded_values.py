from django.db import migrations

LONGEST_DAYS, LONGEST_DELAY = 3650, 365


def bound(apps, _):
    """What was accepted beyond comes down to the bound: it made no date."""
    for name in "Phase", "Step":
        rows = apps.get_model("negotiation", name).objects
        for field in "min_days", "max_days":
            rows.filter(**{f"{field}__gt": LONGEST_DAYS}).update(**{field: LONGEST_DAYS})
    for name in "ReviewLevel", "Passage":
        apps.get_model("negotiation", name).objects.filter(delay_days__gt=LONGEST_DELAY).update(
            delay_days=LONGEST_DELAY)


class Migration(migrations.Migration):
    """Apart from the constraints: PostgreSQL alters no table whose rows change in the same transaction."""

    dependencies = [
        ('negotiation', '0021_agreement_closes'),
    ]

    operations = [migrations.RunPython(bound, migrations.RunPython.noop)]
