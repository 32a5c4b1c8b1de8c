"""Addresses of the mailbox's pages; included only when settings.MAILBOX is true."""

from django.urls import path

from coalition.mailbox import views

app_name = "mailbox"
urlpatterns = [
    path("", views.message_list, name="list"),
    path("<str:name>/", views.message, name="message"),
    path("<str:name>/html/", views.message_html, name="html"),
    path("<str:name>/attachments/<int:number>/", views.attachment, name="attachment"),
]
