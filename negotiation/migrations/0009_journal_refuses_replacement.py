"""SQLite: the journal also refuses an entry put in the place of another by a connection that fires no deletion trigger."""
from django.db import migrations

from negotiation.models import guard


def install(apps, schema_editor):
    guard.install(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [("negotiation", "0008_negotiation_of_the_money")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
