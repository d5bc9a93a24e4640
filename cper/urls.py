"""Addresses: the administration, and everything else in negotiation/urls.py."""
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("administration/", admin.site.urls),
    path("", include("negotiation.urls")),
]
handler400 = "negotiation.views.errors.bad_request"
handler403 = "negotiation.views.errors.permission_denied"
handler404 = "negotiation.views.errors.not_found"
handler500 = "negotiation.views.errors.server_error"
