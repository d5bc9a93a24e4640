"""An acronym is borne once in a dossier; where two actors bore the same, the later one is called by its name."""
from django.db import migrations, models
from django.db.models.functions import Lower


def keep_the_first_bearer(apps, schema_editor):
    """Alike to the database, which will refuse them, or alike to a reader."""
    actors = apps.get_model("negotiation", "Actor").objects.using(schema_editor.connection.alias)
    borne, later = set(), []
    for pk, negotiation, acronym, lowered in actors.exclude(acronym="").order_by("order", "pk").values_list(
            "pk", "negotiation", "acronym", Lower("acronym")):
        keys = {(negotiation, lowered), (negotiation, " ".join(acronym.casefold().split()))}
        if keys & borne:
            later.append(pk)
        else:
            borne |= keys
    actors.filter(pk__in=later).update(acronym="")
    # PostgreSQL makes no index on a table whose references are still to be checked.
    schema_editor.connection.check_constraints()


class Migration(migrations.Migration):

    dependencies = [
        ('negotiation', '0017_scenario_base'),
    ]

    operations = [
        migrations.RunPython(keep_the_first_bearer, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='actor',
            constraint=models.UniqueConstraint(models.F('negotiation'), Lower('acronym'), condition=models.Q(('acronym', ''), _negated=True), name='actor_acronym_unique', violation_error_message='Un acteur de la négociation porte déjà ce sigle.'),
        ),
    ]
