"""Routes: the organisers' below a letter's workspace, the public ones below `deliveries/`."""

from django.urls import path, register_converter

from deliveries.models.file import FILE_NAME
from deliveries.views import buttons, by_hand, dossier, mails, organise, public, seal, sending


class FileNameConverter:
    """What a dossier's files can be called; any other address is nowhere."""

    regex = FILE_NAME

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FileNameConverter, "file_name")

_DISPATCH = "<int:number>/dispatches/<int:dispatch_id>"

organiser_urlpatterns = [
    path("", organise.delivery_list, name="delivery_list"),
    path("new/", organise.delivery_new, name="delivery_new"),
    path("<int:number>/", organise.delivery_detail, name="delivery_detail"),
    path("<int:number>/progress/", organise.delivery_progress, name="delivery_progress"),
    path("<int:number>/cancel/", buttons.delivery_cancel, name="delivery_cancel"),
    path("<int:number>/retry/", buttons.delivery_retry, name="delivery_retry"),
    path("<int:number>/seal/", buttons.delivery_seal_again, name="delivery_seal_again"),
    path("<int:number>/read-again/", buttons.delivery_read_again, name="delivery_read_again"),
    path("<int:number>/publish/", buttons.delivery_publish, name="delivery_publish"),
    path("<int:number>/preview/", organise.delivery_preview, name="delivery_preview"),
    path("<int:number>/files/<file_name:name>", organise.delivery_file, name="delivery_file"),
    path("<int:number>/send/", sending.delivery_send, name="delivery_send"),
    path("<int:number>/message.eml", mails.delivery_draft, name="delivery_draft"),
    path("<int:number>/by-hand/", by_hand.delivery_by_hand, name="delivery_by_hand"),
    path("<int:number>/upload.zip", by_hand.delivery_zip, name="delivery_zip"),
    path(f"{_DISPATCH}/message.eml", mails.dispatch_message, name="dispatch_message"),
    path(f"{_DISPATCH}/resolve/", buttons.dispatch_resolve, name="dispatch_resolve"),
    path(f"{_DISPATCH}/stop/", buttons.dispatch_stop, name="dispatch_stop"),
    path(f"{_DISPATCH}/revoke-link/", buttons.link_revoke, name="link_revoke"),
]

office_urlpatterns = [
    path("<str:token>/", dossier.dossier, name="dossier"),
    path("<str:token>/<file_name:name>", dossier.dossier_file, name="dossier_file"),
]

public_urlpatterns = [
    path("seal/<language:language>/", seal.seal_page, name="seal"),
    path("<slug:slug>/<int:number>/", public.delivery_public, name="delivery_public"),
    path(
        "<slug:slug>/<int:number>/<language:language>/",
        public.delivery_public,
        name="delivery_public",
    ),
    path("<slug:slug>/<int:number>/delivery.json", public.delivery_json, name="delivery_json"),
    path("<slug:slug>/<int:number>/seal/", seal.delivery_seal, name="delivery_seal"),
    path(
        "<slug:slug>/<int:number>/<file_name:name>",
        public.delivery_public_file,
        name="delivery_public_file",
    ),
]
