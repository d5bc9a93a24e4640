"""Editions of the livret: a state, a code, who established them, their content frozen as data.

Those published before have no code and no content; the newest of a livret is in force, the others are replaced by it.
"""
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import F

from negotiation.models import edition_guard


def tell_states(apps, schema_editor):
    booklets = apps.get_model("negotiation", "Booklet").objects
    booklets.update(established_at=F("published_at"), established_by=F("published_by"))
    booklets.filter(withdrawn_at__isnull=False).update(state="withdrawn")
    newer = {}
    for booklet in booklets.filter(withdrawn_at__isnull=True).order_by("negotiation", "-number"):
        after = newer.get(booklet.negotiation_id)
        booklet.state, booklet.replaced_by = "replaced" if after else "published", after
        booklet.save(update_fields=["state", "replaced_by"])
        newer[booklet.negotiation_id] = booklet
    # PostgreSQL refuses to change a table whose references are still to be checked.
    schema_editor.connection.check_constraints()


def install(apps, schema_editor):
    edition_guard.install(schema_editor.connection)


def lift(apps, schema_editor):
    edition_guard.lift(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('negotiation', '0009_journal_refuses_replacement'),
    ]

    operations = [
        migrations.CreateModel(
            name='FrozenContent',
            fields=[
                ('booklet', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='content', serialize=False, to='negotiation.booklet')),
                ('format', models.PositiveSmallIntegerField(verbose_name='version du format')),
                ('sha256', models.CharField(max_length=64, verbose_name='empreinte SHA-256 du texte')),
                ('text', models.TextField(verbose_name='contenu (JSON)')),
            ],
            options={
                'verbose_name': 'contenu figé',
                'verbose_name_plural': 'contenus figés',
            },
        ),
        migrations.RemoveConstraint(
            model_name='booklet',
            name='booklet_withdrawal_has_reason',
        ),
        migrations.AddField(
            model_name='booklet',
            name='code',
            field=models.CharField(max_length=12, null=True, unique=True, verbose_name='code de vérification'),
        ),
        migrations.AddField(
            model_name='booklet',
            name='established_at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='établie le'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='booklet',
            name='established_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='booklet',
            name='grid',
            field=models.CharField(blank=True, max_length=300, verbose_name='édition de la grille'),
        ),
        migrations.AddField(
            model_name='booklet',
            name='replaced_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='negotiation.booklet', verbose_name='remplacée par'),
        ),
        migrations.AddField(
            model_name='booklet',
            name='state',
            field=models.CharField(choices=[('established', 'établie'), ('published', 'publiée'), ('replaced', 'remplacée'), ('withdrawn', 'retirée')], default='established', max_length=12, verbose_name='état'),
        ),
        migrations.AlterField(
            model_name='booklet',
            name='published_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='publiée le'),
        ),
        migrations.AlterField(
            model_name='booklet',
            name='published_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='booklet',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='retirée le'),
        ),
        migrations.AlterField(
            model_name='journalentry',
            name='action',
            field=models.CharField(choices=[('negotiation.open', 'ouvre la négociation'), ('dossier.share', 'ouvre le dossier à une organisation'), ('dossier.unshare', 'ferme le dossier à une organisation'), ('step.start', 'commence l’étape'), ('step.answer', 'enregistre des réponses'), ('step.submit', 'soumet l’étape à la DGCT'), ('step.return', 'renvoie l’étape pour correction'), ('step.approve', 'approuve l’étape'), ('step.reopen', 'rouvre l’étape'), ('step.recall', 'reprend l’étape avant son examen'), ('step.cancel_return', 'annule le renvoi de l’étape'), ('step.opinion', 'rend son avis sur l’étape'), ('step.pass', 'se prononce sur l’étape'), ('step.unblock', 'débloque l’examen de l’étape'), ('step.skip', 'passe au niveau suivant de l’examen de l’étape'), ('step.escalate', 'signale un retard d’examen sur l’étape'), ('review.open', 'prend en charge l’examen de l’étape'), ('remark.answer', 'répond à une observation'), ('remark.settle', 'lève une observation'), ('remark.maintain', 'maintient une observation'), ('document.deposit', 'dépose une pièce'), ('document.waive', 'déclare une pièce sans objet'), ('record.add', 'ajoute'), ('record.change', 'modifie'), ('record.remove', 'supprime'), ('roles.change', 'modifie la matrice des rôles'), ('plan.change', 'modifie le plan de financement'), ('total.announce', 'change le total annoncé'), ('position.propose', 'inscrit une position'), ('position.agree', 'convient d’une position, qui devient le plan de financement'), ('position.withdraw', 'retire une position'), ('mandate.change', 'modifie le mandat confidentiel de négociation'), ('scenario.add', 'crée un scénario'), ('scenario.change', 'modifie un scénario'), ('scenario.remove', 'supprime un scénario'), ('scenario.adopt', 'fait d’un scénario des positions'), ('calendar.propose', 'propose un calendrier'), ('calendar.change', 'modifie les dates prévues'), ('booklet.freeze', 'établit une édition du livret'), ('booklet.publish', 'publie une édition du livret'), ('booklet.replace', 'remplace une édition du livret'), ('booklet.withdraw', 'retire une édition du livret'), ('invitation.send', 'invite à rejoindre une équipe'), ('invitation.resend', 'renvoie une invitation'), ('invitation.revoke', 'révoque une invitation'), ('invitation.accept', 'accepte une invitation'), ('membership.end', 'met fin à une appartenance'), ('deputy.name', 'désigne un suppléant'), ('deputy.end', 'met fin à une suppléance'), ('handover.propose', 'propose une passation'), ('handover.accept', 'accepte une passation'), ('handover.withdraw', 'retire une passation')], max_length=40, verbose_name='acte'),
        ),
        migrations.RunPython(tell_states, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='booklet',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('negotiation',), name='booklet_one_published', violation_error_message='Une seule édition d’un livret est en vigueur.'),
        ),
        migrations.AddConstraint(
            model_name='booklet',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'established'), ('published_at__isnull', True)), models.Q(models.Q(('state', 'established'), _negated=True), ('published_at__isnull', False)), _connector='OR'), name='booklet_publication_has_date', violation_error_message='Une édition publiée porte la date de sa publication.'),
        ),
        migrations.AddConstraint(
            model_name='booklet',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'replaced'), _negated=True), ('replaced_by__isnull', False), _connector='OR'), name='booklet_replaced_by_another', violation_error_message='Une édition remplacée nomme celle qui la remplace.'),
        ),
        migrations.AddConstraint(
            model_name='booklet',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('state', 'withdrawn'), _negated=True), ('withdrawal_reason', ''), ('withdrawn_at__isnull', True)), models.Q(('state', 'withdrawn'), ('withdrawn_at__isnull', False), models.Q(('withdrawal_reason', ''), _negated=True)), _connector='OR'), name='booklet_withdrawal_has_reason', violation_error_message='Une édition retirée porte la date et le motif de son retrait.'),
        ),
        migrations.RunPython(install, lift),
    ]
