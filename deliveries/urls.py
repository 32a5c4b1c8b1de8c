"""Routes: the organisers' below a letter's workspace, the public ones below `deliveries/`."""

from django.urls import path

from deliveries.views import organise, public, sending

organiser_urlpatterns = [
    path("", organise.delivery_list, name="delivery_list"),
    path("new/", organise.delivery_new, name="delivery_new"),
    path("<int:number>/", organise.delivery_detail, name="delivery_detail"),
    path("<int:number>/progress/", organise.delivery_progress, name="delivery_progress"),
    path("<int:number>/retry/", organise.delivery_retry, name="delivery_retry"),
    path("<int:number>/publish/", organise.delivery_publish, name="delivery_publish"),
    path("<int:number>/files/<str:name>", organise.delivery_file, name="delivery_file"),
    path("<int:number>/send/", sending.delivery_send, name="delivery_send"),
    path("<int:number>/by-hand/", sending.delivery_by_hand, name="delivery_by_hand"),
    path(
        "<int:number>/dispatches/<int:dispatch_id>/resolve/",
        sending.dispatch_resolve,
        name="dispatch_resolve",
    ),
]

public_urlpatterns = [
    path("<slug:slug>/<int:number>/", public.delivery_public, name="delivery_public"),
    path(
        "<slug:slug>/<int:number>/<str:name>",
        public.delivery_public_file,
        name="delivery_public_file",
    ),
]
