"""What crawlers ask for: the addresses of the letters that a stranger may know of."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from common.access import anyone
from common.pagecache import keep_page
from letters.models import Letter, Translation


class LetterSitemap(Sitemap):  # type: ignore[type-arg]
    """Each language of each visible letter."""

    limit = 5000
    protocol = urlsplit(settings.SITE_URL).scheme

    def items(self) -> Iterable[Translation]:
        return (
            Translation.objects.filter(version__letter__in=Letter.objects.visible())
            .filter(version__letter__current_version=F("version"))
            .select_related("version__letter")
            .order_by("version_id", "-is_authoritative", "language")
        )

    def lastmod(self, item: Translation) -> datetime | None:
        return item.version.published_at

    def get_domain(self, site: object = None) -> str:
        return str(urlsplit(settings.SITE_URL).netloc)


@anyone
def sitemap_xml(request: HttpRequest) -> HttpResponse:
    response = sitemap(request, {"letters": LetterSitemap})
    return keep_page(response.render(), until=Letter.objects.next_change())


@anyone
def robots_txt(request: HttpRequest) -> HttpResponse:
    closed = (
        "/organise/",
        "/accounts/",
        "/confirm/",
        "/manage/",
        "/invited/",
        "/thanks/",
        "/dossier/",
    )
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    lines.append(f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}")
    return keep_page(HttpResponse("\n".join(lines) + "\n", content_type="text/plain"))
