"""Every public page, from the table of all routes: a route without a case fails.

What the pages need (links, letters in other states) is made once in the running installation.
"""

from __future__ import annotations

import json
from typing import Any

from django.urls import get_resolver

from coalition.checks import views
from tests.journeys.conftest import Site

# Route → addresses of it to look at; `{…}` is of `make_things`.
PAGES: dict[str, tuple[str, ...]] = {
    "": ("/",),
    "letters/<slug:slug>/": ("{letter}", "{surging}", "{closed}"),
    "letters/<slug:slug>/<language:language>/": ("{letter}fr/", "{letter}ar/"),
    "letters/<slug:slug>/roll/": ("{letter}roll/", "{letter}roll/?q=ada", "{letter}roll/?q=zz"),
    "letters/<slug:slug>/<language:language>/roll/": ("{letter}ar/roll/",),
    "letters/<slug:slug>/roll/<str:public_id>/": ("{letter}roll/{entry}/",),
    "letters/<slug:slug>/<language:language>/roll/<str:public_id>/": ("{letter}ar/roll/{entry}/",),
    "letters/<slug:slug>/sign/": ("{letter}sign/", "{surging}sign/"),
    "letters/<slug:slug>/check-inbox/": ("{letter}check-inbox/",),
    "letters/<slug:slug>/<language:language>/check-inbox/": ("{letter}ar/check-inbox/",),
    "letters/<slug:slug>/code/": ("{letter}code/",),
    "letters/<slug:slug>/<language:language>/code/": ("{letter}ar/code/",),
    "letters/<slug:slug>/versions/": ("{letter}versions/",),
    "letters/<slug:slug>/<language:language>/versions/": ("{letter}ar/versions/",),
    "letters/<slug:slug>/versions/<int:number>/": ("{letter}versions/1/",),
    "letters/<slug:slug>/<language:language>/versions/<int:number>/": ("{letter}ar/versions/1/",),
    "letters/<slug:slug>/changes/<int:old>/<int:new>/": ("{letter}changes/1/2/",),
    "letters/<slug:slug>/<language:language>/changes/<int:old>/<int:new>/": (
        "{letter}fr/changes/1/2/",
    ),
    "my-signatures/<language:language>/": ("/my-signatures/en/", "/my-signatures/ar/"),
    "my-signatures/<language:language>/sent/": ("/my-signatures/en/sent/",),
    "confirm/<str:token>/": ("{confirm}", "{confirm_several}", "{confirm_arabic}"),
    "thanks/<str:token>/": ("{thanks}", "{thanks_held}", "{thanks_arabic}", "{thanks_sealed}"),
    "manage/<str:token>/": ("{manage}", "{manage_withdrawn}", "{manage_held}", "{manage_arabic}"),
    "manage/<str:token>/withdraw/": ("{manage}withdraw/",),
    "manage/<str:token>/erase/": ("{manage}erase/",),
    "guild/<str:token>/": ("{guild}", "{guild_used_up}"),
    "guild/<str:token>/cancel/": ("{guild}cancel/",),
    "manage/<str:token>/guild-code/": ("{manage}guild-code/",),
    "manage/<str:token>/new-text/": ("{manage_asked}new-text/",),
    "manage/<str:token>/deliveries/": ("{manage}deliveries/",),
    "unsubscribe/<str:token>/": ("{unsubscribe}", "{unsubscribed}"),
    "invited/<str:token>/": ("{invited}", "{invited_open}"),
    "invited/<str:token>/check-inbox/": ("{invited}check-inbox/",),
    "invited/<str:token>/code/": ("{invited}code/",),
    "deliveries/<slug:slug>/<int:number>/": ("{delivery}",),
    "deliveries/<slug:slug>/<int:number>/<language:language>/": ("{delivery}fr/",),
    "deliveries/<slug:slug>/<int:number>/seal/": ("{delivery}seal/",),
    "deliveries/seal/<language:language>/": ("/deliveries/seal/en/", "/deliveries/seal/ar/"),
    "dossier/<str:token>/": ("{dossier}",),
}

# Public routes that are no pages, by why.
NO_PAGES = {
    "files": (
        "healthz",
        "robots.txt",
        "sitemap.xml",
        "letters/<slug:slug>/count.json",
        "letters/<slug:slug>/challenge.json",
        "letters/<slug:slug>/card.png",
        "letters/<slug:slug>/picture/<slug:digest>-<int:width>.webp",
        "letters/<slug:slug>/<language:language>/card.png",
        "letters/<slug:slug>/poster.pdf",
        "letters/<slug:slug>/<language:language>/poster.pdf",
        "letters/<slug:slug>/poster-a4.pdf",
        "letters/<slug:slug>/<language:language>/poster-a4.pdf",
        "manage/<str:token>/data.json",
        "manage/<str:token>/deliveries/<int:number>/receipt.json",
        "deliveries/<slug:slug>/<int:number>/delivery.json",
        "deliveries/<slug:slug>/<int:number>/<file_name:name>",
        "dossier/<str:token>/<file_name:name>",
    ),
    "buttons only": (
        "guild/<str:token>/codes/",
        "confirm/<str:token>/resend/",
        "manage/<str:token>/sign-again/",
        "manage/<str:token>/account/<slug:provider_id>/",
    ),
    "the way back from a provider; what it says is in PROBLEMS": (
        "linked-account/<slug:provider_id>/",
    ),
    "development only": (
        "mailbox/",
        "mailbox/<str:name>/",
        "mailbox/<str:name>/html/",
        "mailbox/<str:name>/attachments/<int:number>/",
    ),
}

# Pages that say what is wrong: name → address, status.
PROBLEMS = {
    "no such letter": ("/letters/no-such-letter/", 404),
    "letter under embargo": ("{sealed}", 404),
    "link cut short": ("{confirm}x/", 404),
    "way back from a provider that nobody set out to": ("/linked-account/none/", 400),
    "link of a representative that is closed": ("{guild_closed}", 410),
    "link expired": ("{confirm_expired}", 410),
    "what the link was for is gone": ("{confirm_gone}", 410),
    "link of an unconfirmed signature": ("{manage_unconfirmed}", 409),
    "office's link that has ended": ("{dossier_ended}", 410),
}

# Answers to a form: name → page, the form's action, what is typed, status.
ANSWERS: dict[str, tuple[str, str, dict[str, str], int]] = {
    "sign form with errors": ("{letter}", "/sign/", {"name": "<b>"}, 422),
    "sign form in surge mode": ("{surging}", "/sign/", {}, 422),
    "typed code that is wrong": ("{letter}code/", "/code/", {"email": "x", "code": "x"}, 422),
    "what have I signed, without an address": ("/my-signatures/en/", "", {"email": "x"}, 422),
    "manage with errors": ("{manage}", "", {"name": ""}, 422),
    "guild code that is wrong": ("{manage}guild-code/", "", {"code": "nonsense"}, 422),
    "invited form with errors": ("{invited}", "/invited/", {"name": ""}, 422),
    "address that has signed": ("{confirm_repeated}", "", {}, 409),
    "codes past the limit": ("{guild}", "codes/", {"number": "2000"}, 422),
    "codes of a guild": ("{guild}", "codes/", {"number": "3"}, 200),
    "erased": ("{manage_spare}erase/", "", {}, 200),
}

# What is sent to the sign form of `{letter}` and refused before it is read as one: name → what,
# status.
REFUSED: dict[str, tuple[dict[str, Any], int]] = {
    "form with too many fields": ({"form": {f"field{n}": "x" for n in range(2001)}}, 400),
    "form of another site": ({"form": {}, "headers": {"Sec-Fetch-Site": "cross-site"}}, 403),
    "form that is too large": ({"form": {"comment": "x" * 300_000}}, 413),
}

_MAKE = """
import json
from datetime import timedelta
import time_machine
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from deliveries import queue
from deliveries.models import Dispatch, DossierLink
from deliveries.services.send_delivery import publish_delivery
from letters.models import ChangeKind, Letter
from signatories.services.refresh_tallies import refresh_tallies
from tests.builders import a_letter, a_signature, an_invitation
from tests.deliveries.builders import a_delivery, made_ready
from tests.deliveries.builders import sealed as with_seal
from verification.links import (
    confirm_url, invited_url, manage_url, representative_path, thanks_url, unsubscribe_url
)
from verification.models import Guild
from verification.services.change_text import change_text
from verification.services.issue_guild_codes import issue_guild_codes

coalition = Letter.objects.get(slug="ostp-ai-copyright").coalition
letter = a_letter("looked-at", coalition=coalition, goal=500)
asked = a_signature(letter, "Asked Person")
change_text(
    letter=letter, base=1, kind=ChangeKind.MATERIAL, note="A second demand.",
    texts={
        "en": {"title": "A letter about paper", "addressee": "To the Office of Paper",
               "body_markdown": "We ask for *better* and thicker paper."},
        "fr": {"title": "Une lettre sur le papier", "addressee": "",
               "body_markdown": "Une autre lettre."},
    },
    actor=None,
)
letter.refresh_from_db()
asking = a_signature(letter, "Asking Person", consent_updates=True)
ada = a_signature(letter, "Ada Example", role_title="Writer", affiliation="The Paper Guild",
    country="FR", comment="Paper matters.", marks=["work_domain"], consent_government=True)
a_signature(letter, "Rep", organisation_name="Guild of Paper", consent_government=True)
arabic = a_signature(letter, "ليلى المثال", language="ar")
held = a_signature(letter, "Held Person", status="held")
gone = a_signature(letter, "Gone Person", status="withdrawn")
one = a_signature(letter, "One Waiting", status="unconfirmed")
arabic_waiting = a_signature(letter, "نور المثال", language="ar", status="unconfirmed")
several = [a_signature(letter, f"{n} Waiting", email="several@mail.example", status="unconfirmed")
           for n in ("First", "Second")]
repeated = a_signature(letter, "Ada Again", email=ada.email, status="repeated")
spare = a_signature(letter, "Spare Person")
guild = Guild.objects.create(letter=letter, name="Guild of Paper", name_key="guild of paper",
    link_key="a", codes_limit=50)
issue_guild_codes(guild=guild, number=10, actor=None, link_key=guild.link_key)
used_up = Guild.objects.create(letter=letter, name="Ink Guild", name_key="ink", link_key="b")
closed_guild = Guild(pk=guild.pk, letter=letter, link_key="z")
surging = a_letter("looked-at-surge", coalition=coalition, surge_mode=True)
closed = a_letter("looked-at-closed", coalition=coalition, status="closed")
sealed = a_letter("looked-at-sealed", coalition=coalition, status="embargoed",
    opens_at=timezone.now() + timedelta(days=3))
founder = a_signature(sealed, "Founder Person")
invited = an_invitation(sealed, "other@mail.example", "Other Founder")
invited_open = an_invitation(letter, "else@mail.example", "Other Friend")
queue._send = lambda task, ids, options: None
delivery = with_seal(made_ready(a_delivery(letter)))
publish_delivery(delivery=delivery, actor=delivery.created_by)
links = [
    DossierLink.objects.create(
        revoked_at=revoked,
        dispatch=Dispatch.objects.create(
            delivery=delivery, recipient="a@office.example", status="failed", due_at=timezone.now()
        ),
    )
    for revoked in (None, timezone.now())
]
with time_machine.travel(timezone.now() - timedelta(days=8)):
    expired = confirm_url(one.pk)
refresh_tallies()
found = {
    "letter": letter.get_absolute_url(), "surging": surging.get_absolute_url(),
    "closed": closed.get_absolute_url(), "sealed": sealed.get_absolute_url(),
    "entry": ada.public_id, "delivery": delivery.get_absolute_url(),
    "dossier": links[0].url, "dossier_ended": links[1].url,
    "confirm": confirm_url(one.pk), "confirm_several": confirm_url(several[0].pk),
    "confirm_arabic": confirm_url(arabic_waiting.pk), "confirm_expired": expired,
    "confirm_gone": confirm_url(10**9), "confirm_repeated": confirm_url(repeated.pk),
    "unsubscribe": unsubscribe_url(asking.pk), "unsubscribed": unsubscribe_url(ada.pk),
    "thanks": thanks_url(ada.pk), "thanks_held": thanks_url(held.pk),
    "thanks_arabic": thanks_url(arabic.pk), "thanks_sealed": thanks_url(founder.pk),
    "manage": manage_url(ada.pk), "manage_held": manage_url(held.pk),
    "manage_withdrawn": manage_url(gone.pk), "manage_arabic": manage_url(arabic.pk),
    "manage_asked": manage_url(asked.pk), "manage_unconfirmed": manage_url(one.pk),
    "manage_spare": manage_url(spare.pk),
    "guild": representative_path(guild), "guild_used_up": representative_path(used_up),
    "guild_closed": representative_path(closed_guild),
    "broken": render_to_string("500.html"),
    "invited": invited_url(invited.pk), "invited_open": invited_url(invited_open.pk),
}
print(json.dumps({name: url.removeprefix(settings.SITE_URL) for name, url in found.items()}))
"""


def make_things(site: Site) -> dict[str, str]:
    """Addresses of one of each kind, by name; `broken` is the page of a crash itself."""
    things: dict[str, str] = json.loads(site.run(_MAKE).splitlines()[-1])
    return things


def public_routes() -> set[str]:
    """The project's routes that a stranger may open."""
    return {
        route
        for route, view in views(get_resolver().url_patterns)
        if getattr(view, "access", "").startswith("anyone")
    }
