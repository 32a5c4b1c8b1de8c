from django.urls import path

from signatories.views import roll

public_urlpatterns = [
    path("letters/<slug:slug>/roll/", roll.roll, name="roll"),
    path("letters/<slug:slug>/<language:language>/roll/", roll.roll, name="roll"),
]
