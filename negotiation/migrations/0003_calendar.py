from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('negotiation', '0002_confidential_questions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Holiday',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('loaded_digest', models.CharField(blank=True, editable=False, max_length=64)),
                ('code', models.CharField(editable=False, max_length=120, null=True, unique=True)),
                ('date', models.DateField(error_messages={'unique': 'Ce jour est déjà dans la liste.'}, unique=True, verbose_name='date')),
                ('name', models.CharField(max_length=120, verbose_name='nom')),
                ('is_closed', models.BooleanField(default=True, help_text='Décochez si les services travaillent ce jour-là.', verbose_name='jour chômé')),
            ],
            options={
                'verbose_name': 'jour férié',
                'verbose_name_plural': 'jours fériés',
                'ordering': ['date'],
            },
        ),
        migrations.AddField(
            model_name='negotiation',
            name='starts_on',
            field=models.DateField(blank=True, null=True, verbose_name='début des travaux'),
        ),
        migrations.AddField(
            model_name='stepprogress',
            name='planned_end',
            field=models.DateField(blank=True, null=True, verbose_name='fin prévue'),
        ),
        migrations.AddField(
            model_name='stepprogress',
            name='planned_start',
            field=models.DateField(blank=True, null=True, verbose_name='début prévu'),
        ),
        migrations.AlterField(
            model_name='journalentry',
            name='action',
            field=models.CharField(choices=[('negotiation.open', 'ouvre la négociation'), ('dossier.share', 'ouvre le dossier à une organisation'), ('dossier.unshare', 'ferme le dossier à une organisation'), ('step.start', 'commence l’étape'), ('step.answer', 'enregistre des réponses'), ('step.submit', 'soumet l’étape à la DGCT'), ('step.return', 'renvoie l’étape pour correction'), ('step.approve', 'approuve l’étape'), ('step.reopen', 'rouvre l’étape'), ('document.deposit', 'dépose une pièce'), ('document.waive', 'déclare une pièce sans objet'), ('record.add', 'ajoute'), ('record.change', 'modifie'), ('record.remove', 'supprime'), ('roles.change', 'modifie la matrice des rôles'), ('plan.change', 'modifie le plan de financement'), ('total.announce', 'change le total annoncé'), ('calendar.propose', 'propose un calendrier'), ('calendar.change', 'modifie les dates prévues'), ('booklet.publish', 'publie une édition du livret'), ('booklet.withdraw', 'retire une édition du livret')], max_length=40, verbose_name='acte'),
        ),
        migrations.AddConstraint(
            model_name='stepprogress',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('planned_end__isnull', True), ('planned_start__isnull', True)), models.Q(('planned_end__gte', models.F('planned_start')), ('planned_end__isnull', False), ('planned_start__isnull', False)), _connector='OR'), name='planned_dates_in_order', violation_error_message='Une étape prévue a un début et une fin, dans cet ordre.'),
        ),
    ]
