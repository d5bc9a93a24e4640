"""The administration: the grid, the reference data and the accounts. Never a door around workflow/.

Dossiers, states and journals are not here. What negotiations rest on is edited, not deleted; people are deactivated,
their name stays; logos of the livrets are shown or not. An edited row is left alone by `load_grid`.
"""
from allauth.account import admin as allauth_admin
from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.models import Group
from django_tasks_db import admin as queue_admin

from . import people, reference  # noqa: F401 — each registers its pages

site = admin.site
site.site_header = site.site_title = "CPER/D — Administration"
site.index_title = "La grille, les références et les comptes"
# One sign-in for everybody: its attempts are counted, which those of the admin's own page are not.
site.login = secure_admin_login(site.login)
# Rights come from memberships, addresses from the person: neither has a second place. The queue tells nobody anything:
# what is being made, and why it failed, is on the page of the livret.
for model in (Group, allauth_admin.EmailAddress, queue_admin.DBTaskResult):
    site.unregister(model)
