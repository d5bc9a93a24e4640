"""Partners and signatures: the catalogue of the published livrets, share links, the signatures of the contract.

Editions published before enter the catalogue from their frozen content.
"""
import json

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from negotiation.folding import fold
from negotiation.models import signature_guard
from negotiation.workflow import catalogue


def enter(apps, schema_editor):
    model = {name: apps.get_model("negotiation", name) for name in ("Booklet", "CatalogueEntry", "CatalogueTag")}
    for booklet in model["Booklet"].objects.filter(published_at__isnull=False).select_related(
            "content", "negotiation__region"):
        content = getattr(booklet, "content", None)
        fields, tags = catalogue.read(json.loads(content.text)["body"]) if content else older(booklet.negotiation)
        if booklet.withdrawn_at:
            fields |= {"words": "", "total": None, "projects": None}
            tags = {(kind, key): name for (kind, key), name in tags.items() if kind in ("region", "periode")}
        entry = model["CatalogueEntry"].objects.create(booklet=booklet, **fields)
        model["CatalogueTag"].objects.bulk_create(
            model["CatalogueTag"](entry=entry, kind=kind, key=key, name=name) for (kind, key), name in tags.items())
    # PostgreSQL refuses to change a table whose references are still to be checked.
    schema_editor.connection.check_constraints()


def older(negotiation):
    """An edition without frozen content: the Region said as everywhere else, since the models of today are not here."""
    region, nature = negotiation.region, {"reconstituted": "Reconstitué à partir de sources publiques",
                                          "fictional": "Exercice fictif"}.get(negotiation.nature, "")
    period = f"{negotiation.first_year}-{negotiation.last_year}"
    name = region.name if region.kind == "district" else f"Région de {region.name}"
    return ({"title": negotiation.title, "region": name, "period": period, "nature": nature, "total": None,
             "projects": None, "words": fold(f"{negotiation.title} {name} {period}")},
            catalogue.keyed([("region", name), ("periode", period)]))


def install(apps, schema_editor):
    signature_guard.install(schema_editor.connection)


def lift(apps, schema_editor):
    signature_guard.lift(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('negotiation', '0011_making_of_editions'),
    ]

    operations = [
        migrations.CreateModel(
            name='CatalogueEntry',
            fields=[
                ('booklet', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='catalogue', serialize=False, to='negotiation.booklet')),
                ('title', models.CharField(max_length=200, verbose_name='titre')),
                ('region', models.CharField(max_length=200, verbose_name='Région ou District')),
                ('period', models.CharField(max_length=20, verbose_name='période')),
                ('nature', models.CharField(blank=True, max_length=100, verbose_name='nature')),
                ('total', models.BigIntegerField(blank=True, null=True, verbose_name='plan de financement (FCFA)')),
                ('projects', models.PositiveIntegerField(blank=True, null=True, verbose_name='projets')),
                ('words', models.TextField(blank=True, verbose_name='mots')),
            ],
            options={
                'verbose_name': 'édition au catalogue',
                'verbose_name_plural': 'éditions au catalogue',
            },
        ),
        migrations.AddField(
            model_name='booklet',
            name='signed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='signée par les deux parties'),
        ),
        migrations.AlterField(
            model_name='journalentry',
            name='action',
            field=models.CharField(choices=[('negotiation.open', 'ouvre la négociation'), ('dossier.share', 'ouvre le dossier à une organisation'), ('dossier.unshare', 'ferme le dossier à une organisation'), ('step.start', 'commence l’étape'), ('step.answer', 'enregistre des réponses'), ('step.submit', 'soumet l’étape à la DGCT'), ('step.return', 'renvoie l’étape pour correction'), ('step.approve', 'approuve l’étape'), ('step.reopen', 'rouvre l’étape'), ('step.recall', 'reprend l’étape avant son examen'), ('step.cancel_return', 'annule le renvoi de l’étape'), ('step.opinion', 'rend son avis sur l’étape'), ('step.pass', 'se prononce sur l’étape'), ('step.unblock', 'débloque l’examen de l’étape'), ('step.skip', 'passe au niveau suivant de l’examen de l’étape'), ('step.escalate', 'signale un retard d’examen sur l’étape'), ('review.open', 'prend en charge l’examen de l’étape'), ('remark.answer', 'répond à une observation'), ('remark.settle', 'lève une observation'), ('remark.maintain', 'maintient une observation'), ('document.deposit', 'dépose une pièce'), ('document.waive', 'déclare une pièce sans objet'), ('record.add', 'ajoute'), ('record.change', 'modifie'), ('record.remove', 'supprime'), ('roles.change', 'modifie la matrice des rôles'), ('plan.change', 'modifie le plan de financement'), ('total.announce', 'change le total annoncé'), ('position.propose', 'inscrit une position'), ('position.agree', 'convient d’une position, qui devient le plan de financement'), ('position.withdraw', 'retire une position'), ('mandate.change', 'modifie le mandat confidentiel de négociation'), ('scenario.add', 'crée un scénario'), ('scenario.change', 'modifie un scénario'), ('scenario.remove', 'supprime un scénario'), ('scenario.adopt', 'fait d’un scénario des positions'), ('calendar.propose', 'propose un calendrier'), ('calendar.change', 'modifie les dates prévues'), ('booklet.freeze', 'établit une édition du livret'), ('booklet.publish', 'publie une édition du livret'), ('booklet.replace', 'remplace une édition du livret'), ('booklet.withdraw', 'retire une édition du livret'), ('booklet.sign', 'constate que le contrat est signé'), ('share.create', 'crée un lien de partage'), ('share.revoke', 'révoque un lien de partage'), ('signature.deposit', 'dépose une signature'), ('signature.withdraw', 'retire une signature'), ('invitation.send', 'invite à rejoindre une équipe'), ('invitation.resend', 'renvoie une invitation'), ('invitation.revoke', 'révoque une invitation'), ('invitation.accept', 'accepte une invitation'), ('membership.end', 'met fin à une appartenance'), ('deputy.name', 'désigne un suppléant'), ('deputy.end', 'met fin à une suppléance'), ('handover.propose', 'propose une passation'), ('handover.accept', 'accepte une passation'), ('handover.withdraw', 'retire une passation')], max_length=40, verbose_name='acte'),
        ),
        migrations.CreateModel(
            name='CatalogueTag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('region', 'Région'), ('periode', 'période'), ('financeur', 'financeur'), ('theme', 'thème')], max_length=10, verbose_name='nature')),
                ('key', models.CharField(max_length=300, verbose_name='clé')),
                ('name', models.CharField(max_length=300, verbose_name='nom')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tags', to='negotiation.catalogueentry')),
            ],
            options={
                'verbose_name': 'repère du catalogue',
                'verbose_name_plural': 'repères du catalogue',
                'ordering': ['kind', 'key'],
                'indexes': [models.Index(fields=['kind', 'key'], name='catalogue_tag_key')],
                'constraints': [models.UniqueConstraint(fields=('entry', 'kind', 'key'), name='catalogue_tag_unique')],
            },
        ),
        migrations.CreateModel(
            name='ShareLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recipient', models.CharField(max_length=120, verbose_name='destinataire')),
                ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('days', models.PositiveSmallIntegerField(default=30, verbose_name='durée (jours)')),
                ('sha256', models.CharField(max_length=64, verbose_name='empreinte SHA-256 de l’exemplaire')),
                ('size', models.PositiveIntegerField(verbose_name='taille (octets)')),
                ('created_at', models.DateTimeField(verbose_name='créé le')),
                ('expires_at', models.DateTimeField(verbose_name='expire le')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='révoqué le')),
                ('opened', models.PositiveIntegerField(default=0, verbose_name='téléchargements')),
                ('opened_at', models.DateTimeField(blank=True, null=True, verbose_name='dernier téléchargement')),
                ('booklet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='negotiation.booklet')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='créé par')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='negotiation.organisation', verbose_name='organisation')),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'lien de partage',
                'verbose_name_plural': 'liens de partage',
                'ordering': ['-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('recipient', ''), _negated=True), name='share_names_its_recipient', violation_error_message='Un lien de partage nomme son destinataire.'), models.CheckConstraint(condition=models.Q(('days__gte', 1), ('days__lte', 180)), name='share_lasts_some_days', violation_error_message='Un lien de partage dure de 1 à 180 jours.'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='share_expires_afterwards', violation_error_message='Un lien de partage expire après sa création.'), models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', True), ('revoked_by__isnull', True)), models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), _connector='OR'), name='share_revoked_by_somebody', violation_error_message='Un lien révoqué l’est par quelqu’un.'), models.CheckConstraint(condition=models.Q(models.Q(('opened', 0), ('opened_at__isnull', True)), models.Q(('opened__gt', 0), ('opened_at__isnull', False)), _connector='OR'), name='share_opening_has_date', violation_error_message='Un lien de partage utilisé porte la date de son dernier usage.')],
            },
        ),
        migrations.CreateModel(
            name='Signature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('party', models.CharField(choices=[('region', 'la Région ou le District'), ('state', 'l’État')], max_length=6, verbose_name='partie')),
                ('function', models.CharField(max_length=200, verbose_name='fonction du signataire')),
                ('signed_on', models.DateField(verbose_name='signé le')),
                ('mandate', models.CharField(max_length=300, verbose_name='mandat')),
                ('place', models.CharField(blank=True, max_length=200, verbose_name='lieu')),
                ('edition_sha256', models.CharField(max_length=64, verbose_name='empreinte SHA-256 de l’édition signée')),
                ('sha256', models.CharField(max_length=64, verbose_name='empreinte SHA-256 de la numérisation')),
                ('size', models.PositiveIntegerField(verbose_name='taille (octets)')),
                ('kind', models.CharField(max_length=6, verbose_name='format')),
                ('file_name', models.CharField(max_length=200, verbose_name='nom du fichier')),
                ('deposited_at', models.DateTimeField(verbose_name='déposée le')),
                ('deposited_on', models.DateField(verbose_name='jour du dépôt')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='remplacée ou retirée le')),
                ('end_reason', models.CharField(blank=True, max_length=300, verbose_name='motif')),
                ('booklet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='negotiation.booklet')),
                ('deposited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='déposée par')),
                ('deposited_for', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='negotiation.organisation', verbose_name='déposée au nom de')),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'signature',
                'ordering': ['booklet', 'party', '-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('booklet', 'party'), name='signature_one_of_each_party', violation_error_message='Cette partie a déjà une signature sur cette édition.'), models.CheckConstraint(condition=models.Q(models.Q(('function', ''), _negated=True), models.Q(('mandate', ''), _negated=True)), name='signature_has_function_and_mandate', violation_error_message='Une signature porte la fonction du signataire et son mandat.'), models.CheckConstraint(condition=models.Q(('signed_on__lte', models.F('deposited_on'))), name='signature_not_in_the_future', violation_error_message='La date de la signature est à venir : on ne dépose que ce qui est signé.'), models.CheckConstraint(condition=models.Q(models.Q(('end_reason', ''), ('ended_at__isnull', True), ('ended_by__isnull', True)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='signature_ended_with_a_reason', violation_error_message='Une signature remplacée ou retirée dit par qui, quand et pourquoi.')],
            },
        ),
        migrations.RunPython(enter, migrations.RunPython.noop),
        migrations.RunPython(install, lift),
    ]
