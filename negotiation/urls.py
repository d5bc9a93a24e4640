"""French paths, English names, in the order of the negotiation."""
from allauth.account import views as account
from django.urls import path, re_path, register_converter
from django.views.decorators.cache import never_cache

from .views import (
    actors,
    booklets,
    calendar,
    chronology,
    commitments,
    deputies,
    difficulties,
    documents,
    editions,
    handovers,
    health,
    invitations,
    journal,
    negotiations,
    notifications,
    openings,
    records,
    reference,
    reviews,
    scenarios,
    session,
    steps,
    tasks,
    team,
)


class StepCode:
    """A1 … G4: the code of a step of the grid; a1 is understood."""
    regex = "[A-Za-z][0-9]{1,2}"

    def to_python(self, value):
        return value.upper()

    to_url = to_python


register_converter(StepCode, "code")

public = [
    path("", reference.home, name="home"),
    path("grille/", reference.grid, name="grid"),
    path("grille/acteurs/", reference.actors, name="grid_actors"),
    path("grille/difficultes/", reference.difficulties, name="known_difficulties"),
    path("grille/<code:code>/", reference.step, name="step_sheet"),
    path("glossaire/", reference.glossary, name="glossary"),
    path("sources/", reference.sources, name="sources"),
    path("regions/", reference.regions, name="regions"),
    path("livrets/", editions.published, name="booklets"),
    path("livrets/<slug:slug>/<int:number>/", editions.edition, name="published_edition"),
    path("livrets/<slug:slug>/<int:number>.pdf", editions.published_pdf, name="published_pdf"),
    path("verification/", editions.verify, name="verify"),
    path("verification/<str:code>/", editions.verification, name="verification"),
    path("sante/", health.health, name="health"),
]
accounts = [
    path("connexion/", session.login, name="account_login"),
    path("deconnexion/", account.logout, name="account_logout"),
    path("compte/inactif/", account.account_inactive, name="account_inactive"),
    path("compte/confirmation/", account.reauthenticate, name="account_reauthenticate"),
    path("mot-de-passe/", account.password_change, name="account_change_password"),
    path("mot-de-passe/oublie/", never_cache(account.password_reset), name="account_reset_password"),
    path("mot-de-passe/oublie/envoye/", account.password_reset_done, name="account_reset_password_done"),
    re_path(r"^mot-de-passe/nouveau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$", account.password_reset_from_key,
            name="account_reset_password_from_key"),
    path("mot-de-passe/nouveau/fait/", account.password_reset_from_key_done,
         name="account_reset_password_from_key_done"),
]
people = [
    path("invitation/<str:token>/", invitations.invitation, name="invitation"),
    path("equipe/", team.team, name="team"),
    path("equipe/journal/", team.journal, name="people_journal"),
    path("equipe/invitations/<int:pk>/renvoyer/", team.resend, name="invitation_resend"),
    path("equipe/invitations/<int:pk>/revoquer/", team.revoke, name="invitation_revoke"),
    path("equipe/appartenances/<int:pk>/fin/", team.end, name="membership_end"),
    path("equipe/appartenances/<int:pk>/passation/", handovers.propose, name="handover_propose"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/lues/", notifications.read_all, name="notifications_read"),
    path("notifications/<int:pk>/lue/", notifications.read_one, name="notification_read"),
    path("notifications/reglages/", notifications.settings, name="notification_settings"),
    path("suppleances/", deputies.deputies, name="deputies"),
    path("suppleances/<int:pk>/fin/", deputies.end, name="deputy_end"),
    path("passations/<int:pk>/", handovers.handover, name="handover"),
    path("passations/<int:pk>/pdf/", handovers.pdf, name="handover_pdf"),
    path("passations/<int:pk>/acte/<slug:action>/", handovers.move, name="handover_move"),
]
D = "negociations/<slug:slug>/"
dossier = [
    path("taches/", tasks.tasks, name="tasks"),
    path("examens/", reviews.examinations, name="examinations"),
    path("negociations/", negotiations.listing, name="negotiations"),
    path("negociations/ouvrir/", negotiations.opening, name="negotiation_open"),
    path(D, negotiations.dossier, name="negotiation"),
    path(D + "fiche/", negotiations.sheet, name="negotiation_sheet"),
    path(D + "etapes/<code:code>/", steps.step, name="step"),
    path(D + "etapes/<code:code>/acte/<slug:action>/", steps.move, name="step_move"),
    path(D + "etapes/<code:code>/examen/", reviews.review, name="review"),
    path(D + "etapes/<code:code>/examen/prendre/", reviews.take, name="review_take"),
    path(D + "etapes/<code:code>/comparer/", reviews.compare, name="comparison"),
    path(D + "etapes/<code:code>/observations/", reviews.remark, name="remark"),
    path(D + "etapes/<code:code>/observations/<int:pk>/<slug:act>/", reviews.thread, name="remark_act"),
    path(D + "etapes/<code:code>/pieces/", documents.deposit, name="document_deposit"),
    path(D + "etapes/<code:code>/sans-objet/", documents.waive, name="document_waive"),
    path(D + "pieces/<int:pk>/", documents.download, name="document"),
    path(D + "acteurs/", actors.actors, name="actors"),
    path(D + "acteurs/roles/", actors.roles, name="actor_roles"),
    path(D + "engagements/", commitments.commitments, name="commitments"),
    path(D + "engagements/plan/", commitments.plan, name="plan"),
    path(D + "engagements/total/", commitments.total, name="announced_total"),
    path(D + "engagements/scenarios/", scenarios.listing, name="scenarios"),
    path(D + "engagements/scenarios/nouveau/", scenarios.add, name="scenario_add"),
    path(D + "engagements/scenarios/comparer/", scenarios.compare, name="scenario_compare"),
    path(D + "engagements/scenarios/<int:pk>/", scenarios.scenario, name="scenario"),
    path(D + "engagements/scenarios/<int:pk>/annuler/", scenarios.undo, name="scenario_undo"),
    path(D + "engagements/scenarios/<int:pk>/oublier/", scenarios.forget, name="scenario_forget"),
    path(D + "engagements/scenarios/<int:pk>/fiche/", scenarios.sheet, name="scenario_sheet"),
    path(D + "engagements/scenarios/<int:pk>/supprimer/", scenarios.remove, name="scenario_remove"),
    path(D + "engagements/scenarios/<int:pk>/adopter/", scenarios.adopt, name="scenario_adopt"),
    path(D + "difficultes/", difficulties.difficulties, name="difficulties"),
    path(D + "difficultes/reprendre/", difficulties.take_over, name="difficulty_take_over"),
    path(D + "chronologie/", chronology.chronology, name="chronology"),
    path(D + "calendrier/", calendar.calendar, name="calendar"),
    path(D + "calendrier/proposer/", calendar.propose, name="calendar_propose"),
    path(D + "calendrier/modifier/", calendar.change, name="calendar_change"),
    path(D + "journal/", journal.journal, name="journal"),
    path(D + "journal/<int:number>/", journal.act, name="journal_act"),
    path(D + "journal.csv", journal.table, name="journal_csv"),
    path(D + "acces/", openings.openings, name="openings"),
    path(D + "acces/<int:pk>/fermer/", openings.close, name="opening_close"),
    path(D + "livret/", booklets.booklet, name="booklet"),
    path(D + "livret/pdf/", booklets.draft_pdf, name="booklet_pdf"),
    path(D + "livret/etablir/", booklets.establish, name="booklet_freeze"),
    path(D + "livret/comparer/", booklets.compare, name="edition_compare"),
    path(D + "livret/comparer/<int:before>-<int:after>.pdf", booklets.compare_pdf, name="edition_compare_pdf"),
    path(D + "livret/<int:number>/pdf/", booklets.edition_pdf, name="edition_pdf"),
    path(D + "livret/<int:number>/publier/", booklets.publish, name="booklet_publish"),
    path(D + "livret/<int:number>/retirer/", booklets.withdraw, name="booklet_withdraw"),
    path(D + "fiches/<slug:kind>/ajouter/", records.edit, name="record_add"),
    path(D + "fiches/<slug:kind>/<int:pk>/", records.edit, name="record"),
    path(D + "fiches/<slug:kind>/<int:pk>/supprimer/", records.remove, name="record_remove"),
]
urlpatterns = public + accounts + people + dossier
