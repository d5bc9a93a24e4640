"""Dossiers restored from an archive: the keys under which their first acts were sealed, and the act that says so."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('negotiation', '0013_emblems_of_the_cover'),
    ]

    operations = [
        migrations.AlterField(
            model_name='journalentry',
            name='action',
            field=models.CharField(choices=[('negotiation.open', 'ouvre la négociation'), ('dossier.share', 'ouvre le dossier à une organisation'), ('dossier.unshare', 'ferme le dossier à une organisation'), ('dossier.restore', 'restaure un dossier depuis une archive'), ('step.start', 'commence l’étape'), ('step.answer', 'enregistre des réponses'), ('step.submit', 'soumet l’étape à la DGCT'), ('step.return', 'renvoie l’étape pour correction'), ('step.approve', 'approuve l’étape'), ('step.reopen', 'rouvre l’étape'), ('step.recall', 'reprend l’étape avant son examen'), ('step.cancel_return', 'annule le renvoi de l’étape'), ('step.opinion', 'rend son avis sur l’étape'), ('step.pass', 'se prononce sur l’étape'), ('step.unblock', 'débloque l’examen de l’étape'), ('step.skip', 'passe au niveau suivant de l’examen de l’étape'), ('step.escalate', 'signale un retard d’examen sur l’étape'), ('review.open', 'prend en charge l’examen de l’étape'), ('remark.answer', 'répond à une observation'), ('remark.settle', 'lève une observation'), ('remark.maintain', 'maintient une observation'), ('document.deposit', 'dépose une pièce'), ('document.waive', 'déclare une pièce sans objet'), ('record.add', 'ajoute'), ('record.change', 'modifie'), ('record.remove', 'supprime'), ('roles.change', 'modifie la matrice des rôles'), ('plan.change', 'modifie le plan de financement'), ('total.announce', 'change le total annoncé'), ('position.propose', 'inscrit une position'), ('position.agree', 'convient d’une position, qui devient le plan de financement'), ('position.withdraw', 'retire une position'), ('mandate.change', 'modifie le mandat confidentiel de négociation'), ('scenario.add', 'crée un scénario'), ('scenario.change', 'modifie un scénario'), ('scenario.remove', 'supprime un scénario'), ('scenario.adopt', 'fait d’un scénario des positions'), ('calendar.propose', 'propose un calendrier'), ('calendar.change', 'modifie les dates prévues'), ('booklet.freeze', 'établit une édition du livret'), ('booklet.abandon', 'abandonne la préparation d’une édition du livret'), ('booklet.publish', 'publie une édition du livret'), ('booklet.replace', 'remplace une édition du livret'), ('booklet.withdraw', 'retire une édition du livret'), ('booklet.sign', 'constate que le contrat est signé'), ('share.create', 'crée un lien de partage'), ('share.revoke', 'révoque un lien de partage'), ('signature.deposit', 'dépose une signature'), ('signature.withdraw', 'retire une signature'), ('invitation.send', 'invite à rejoindre une équipe'), ('invitation.resend', 'renvoie une invitation'), ('invitation.revoke', 'révoque une invitation'), ('invitation.accept', 'accepte une invitation'), ('membership.end', 'met fin à une appartenance'), ('deputy.name', 'désigne un suppléant'), ('deputy.end', 'met fin à une suppléance'), ('handover.propose', 'propose une passation'), ('handover.accept', 'accepte une passation'), ('handover.withdraw', 'retire une passation')], max_length=40, verbose_name='acte'),
        ),
        migrations.CreateModel(
            name='Origin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.PositiveIntegerField(verbose_name='dernier acte de cette origine')),
                ('keys', models.JSONField(verbose_name='clés d’origine')),
                ('negotiation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='origins', to='negotiation.negotiation')),
            ],
            options={
                'verbose_name': 'origine d’un dossier restauré',
                'verbose_name_plural': 'origines des dossiers restaurés',
                'ordering': ['negotiation', 'until'],
                'constraints': [models.UniqueConstraint(fields=('negotiation', 'until'), name='origin_until_unique')],
            },
        ),
    ]
