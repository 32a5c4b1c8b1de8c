from django.urls import path

from letters.views import versions

_LETTER = ("letters/<slug:slug>/", "letters/<slug:slug>/<language:language>/")

public_urlpatterns = [
    pattern
    for letter in _LETTER
    for pattern in (
        path(f"{letter}versions/", versions.version_list, name="version_list"),
        path(f"{letter}versions/<int:number>/", versions.version_page, name="version_page"),
        path(f"{letter}changes/<int:old>/<int:new>/", versions.changes, name="changes"),
    )
]
