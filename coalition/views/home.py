"""The front page: the letters that a stranger may know of."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from coalition.cards import letter_cards
from common.access import anyone
from common.languages import speak
from common.pagecache import keep_page
from letters.models import Letter

LETTERS_SHOWN = 50


@anyone
def home(request: HttpRequest) -> HttpResponse:
    letters = Letter.objects.visible().select_related("coalition")[:LETTERS_SHOWN]
    with speak("en"):
        page = render(request, "coalition/home.html", {"cards": letter_cards(letters)})
    return keep_page(page, until=Letter.objects.next_change())
