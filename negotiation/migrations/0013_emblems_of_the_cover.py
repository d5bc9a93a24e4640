"""Logos of the covers; none by default."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('negotiation', '0012_partners_and_signatures'),
    ]

    operations = [
        migrations.CreateModel(
            name='Emblem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(help_text='Ce que l’on voit, pour qui ne voit pas l’image : « Armoiries du Mali ».', max_length=120, verbose_name='texte de remplacement')),
                ('order', models.PositiveSmallIntegerField(default=1, help_text='Le plus petit est à gauche.', verbose_name='ordre')),
                ('is_shown', models.BooleanField(default=True, help_text='Décochez pour les prochains livrets ; les éditions établies le gardent.', verbose_name='sur la couverture')),
                ('image', models.BinaryField(verbose_name='image (PNG)')),
                ('region', models.ForeignKey(blank=True, help_text='Vide : sur tous les livrets.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='emblems', to='negotiation.region', verbose_name='Région')),
            ],
            options={
                'verbose_name': 'logo des livrets',
                'verbose_name_plural': 'logos des livrets',
                'ordering': ['order', 'pk'],
            },
        ),
    ]
