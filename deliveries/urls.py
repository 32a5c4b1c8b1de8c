from django.urls import URLPattern

organiser_urlpatterns: list[URLPattern] = []
public_urlpatterns: list[URLPattern] = []
