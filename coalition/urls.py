"""Every route. Public ones carry the language in the path, so that a CDN can keep them."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpResponseBase
from django.urls import URLPattern, include, path, register_converter

from coalition.operators.site import site as operators
from coalition.views import crawlers, dashboard, health, held_data, home, letter, receipts, sheets
from common.languages import LanguageConverter

register_converter(LanguageConverter, "language")

from deliveries import urls as deliveries  # noqa: E402  the converter comes first
from letters import urls as letters  # noqa: E402
from signatories import urls as signatories  # noqa: E402
from verification import urls as verification  # noqa: E402


def _in_each_language(
    end: str, view: Callable[..., HttpResponseBase], name: str, **more: str
) -> list[URLPattern]:
    """The route of the authoritative language, and that of the others (`Translation.url_of`)."""
    return [
        path(f"letters/<slug:slug>/{end}", view, more, name=name),
        path(f"letters/<slug:slug>/<language:language>/{end}", view, more, name=name),
    ]


urlpatterns = [
    path("", home.home, name="home"),
    path("letters/<slug:slug>/", letter.letter_page, name="letter"),
    path("letters/<slug:slug>/count.json", letter.letter_count, name="letter_count"),
    *letters.public_urlpatterns,
    *verification.public_urlpatterns,
    *signatories.public_urlpatterns,
    path("manage/<str:token>/data.json", held_data.download_data, name="download_data"),
    path("manage/<str:token>/deliveries/", receipts.receipts, name="receipts"),
    path(
        "manage/<str:token>/deliveries/<int:number>/receipt.json", receipts.receipt, name="receipt"
    ),
    *_in_each_language("card.png", sheets.letter_card, "letter_card"),
    *_in_each_language("poster-a4.pdf", sheets.letter_poster, "letter_poster_a4", paper="a4"),
    *_in_each_language("poster.pdf", sheets.letter_poster, "letter_poster", paper="letter"),
    path("letters/<slug:slug>/<language:language>/", letter.letter_page, name="letter"),
    path("deliveries/", include(deliveries.public_urlpatterns)),
    path("dossier/", include(deliveries.office_urlpatterns)),
    path("organise/", dashboard.dashboard, name="dashboard"),
    path(
        "organise/letters/<slug:slug>/",
        include(
            [
                path("", dashboard.letter_dashboard, name="letter_dashboard"),
                *letters.letter_urlpatterns,
                *verification.organiser_urlpatterns,
                path("deliveries/", include(deliveries.organiser_urlpatterns)),
            ]
        ),
    ),
    path("organise/coalitions/", include(letters.coalition_urlpatterns)),
    path("organise/", include(letters.organiser_urlpatterns)),
    # Not allauth.urls: that would add what accounts elsewhere can do to accounts here.
    path("accounts/", include(letters.account_urlpatterns)),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("operate/", operators.urls),
    path("sitemap.xml", crawlers.sitemap_xml, name="sitemap"),
    path("robots.txt", crawlers.robots_txt, name="robots"),
    path("healthz", health.healthz, name="healthz"),
]

if settings.ANYMAIL:
    urlpatterns.append(path("anymail/", include("anymail.urls")))
if settings.MAILBOX:
    urlpatterns.append(path("mailbox/", include("coalition.mailbox.urls")))
