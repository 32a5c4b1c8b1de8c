"""What an office opens by the private link of its mail, without an account."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render

from common.access import anyone
from common.languages import speak
from common.responses import private
from common.tokens import TokenError, read_lasting_token
from deliveries.files import download
from deliveries.models import DossierLink
from deliveries.models.link import PURPOSE
from deliveries.services.use_link import count_download


@anyone
def dossier(request: HttpRequest, token: str) -> HttpResponse:
    """The files of the dossier; 410 once the link is past its time or revoked."""
    link = _link_of(token)
    delivery = link.dispatch.delivery
    files = delivery.files.for_link() if link.is_open else []
    context = {"link": link, "delivery": delivery, "files": files, "token": token}
    with speak(delivery.language):
        status = 200 if link.is_open else 410
        return private(render(request, "deliveries/dossier.html", context, status=status))


@anyone
def dossier_file(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    link = _link_of(token)
    if not link.is_open:
        return dossier(request, token)
    files = link.dispatch.delivery.files.for_link().select_related("delivery__letter__coalition")
    response = download(get_object_or_404(files, name=name), cache_control="no-store")
    response["X-Robots-Tag"] = "noindex"
    if request.method == "GET":
        count_download(link=link)
    return response


def _link_of(token: str) -> DossierLink:
    """Raises Http404 where the token is none of ours."""
    try:
        number = read_lasting_token(PURPOSE, token)
    except TokenError:
        raise Http404 from None
    links = DossierLink.objects.select_related("dispatch__delivery__letter__coalition")
    return get_object_or_404(links, pk=number)
