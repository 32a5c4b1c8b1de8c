from django.urls import path

from signatories.views import entry, roll

public_urlpatterns = [
    path("letters/<slug:slug>/roll/", roll.roll, name="roll"),
    path("letters/<slug:slug>/<language:language>/roll/", roll.roll, name="roll"),
    path("letters/<slug:slug>/roll/<str:public_id>/", entry.entry, name="entry"),
    path(
        "letters/<slug:slug>/<language:language>/roll/<str:public_id>/", entry.entry, name="entry"
    ),
]
