"""A scenario keeps the plan that it copied; those made before find it again when all their changes can be undone."""
from django.db import migrations, models


def find_the_copied_plan(apps, schema_editor):
    """Undo the changes from the last one. When one has lost what undoes it, nobody knows the copy: it stays empty."""
    for scenario in apps.get_model("negotiation", "Scenario").objects.using(schema_editor.connection.alias).iterator():
        if all("cells" in one for one in scenario.changes):
            cells = {tuple(cell): amount for *cell, amount in scenario.cells}
            for change in reversed(scenario.changes):
                rows = [[int(text) for text in row.split()] for row in change["cells"].split("|") if row]
                cells.update((tuple(cell), amount) for *cell, amount in rows)
            scenario.base = sorted([*cell, amount] for cell, amount in cells.items() if amount)
            scenario.save(update_fields=["base"])


class Migration(migrations.Migration):

    dependencies = [
        ('negotiation', '0016_examination_mends'),
    ]

    operations = [
        migrations.AddField(
            model_name='scenario',
            name='base',
            field=models.JSONField(blank=True, editable=False, null=True, verbose_name='plan copié'),
        ),
        migrations.RunPython(find_the_copied_plan, migrations.RunPython.noop),
    ]
