"""Every page of organisers and operators, from the table of all routes: a route without a case
fails. Things (`{…}`) are made by `organiser_things`."""

from __future__ import annotations

import json
from typing import Any

from tests.coalition.access_of_libraries import TABLES
from tests.coalition.test_access_table import TABLE
from tests.journeys.conftest import Site

_L = "organise/letters/<slug:slug>/"
_C = "organise/coalitions/<slug:slug>/"
_LETTER = "/organise/letters/on-paper/"
_DRAFT = "/organise/letters/a-draft/"
_COALITION = "/organise/coalitions/paper-people/"

# Who looks → route → addresses.
PAGES: dict[str, dict[str, tuple[str, ...]]] = {
    "owner": {
        "organise/": ("/organise/",),
        f"{_L}": (_LETTER, _DRAFT),
        f"{_L}text/edit/": (f"{_DRAFT}text/edit/", "/organise/letters/on-ink/text/edit/"),
        f"{_L}text/edit/<language:language>/": (f"{_DRAFT}text/edit/ar/",),
        f"{_L}settings/": (f"{_LETTER}settings/", f"{_DRAFT}settings/"),
        f"{_L}offices/<slug:office>/": (f"{_LETTER}offices/office-of-ink/",),
        f"{_L}schedule/": (f"{_DRAFT}schedule/",),
        f"{_L}publish/": (f"{_DRAFT}publish/",),
        f"{_L}picture/": (f"{_DRAFT}picture/",),
        f"{_L}signatures/": (
            f"{_LETTER}signatures/",
            f"{_LETTER}signatures/?status=held&q=bank&country=FR",
        ),
        f"{_L}featured/": (f"{_LETTER}featured/",),
        f"{_L}signatures/queries/": (f"{_LETTER}signatures/queries/",),
        f"{_L}signatures/bulk/<int:bulk_id>/": (
            f"{_LETTER}signatures/bulk/{{bulk}}/",
            f"{_LETTER}signatures/bulk/{{bulk_paused}}/",
        ),
        f"{_L}signatures/<int:signature_id>/": (
            f"{_LETTER}signatures/{{signature}}/",
            f"{_LETTER}signatures/{{twin}}/",
        ),
        f"{_L}signatures/<int:signature_id>/compare/": (
            f"{_LETTER}signatures/{{signature}}/compare/",
        ),
        f"{_L}evidence/": (f"{_LETTER}evidence/",),
        f"{_L}evidence/guilds/<int:guild_id>/": (f"{_LETTER}evidence/guilds/{{guild}}/",),
        f"{_L}protection/": (f"{_LETTER}protection/",),
        f"{_L}text/": ("/organise/letters/on-ink/text/", f"{_DRAFT}text/"),
        f"{_L}text/new/": ("/organise/letters/on-ink/text/new/",),
        f"{_L}text/<int:number>/mails/": ("/organise/letters/on-ink/text/2/mails/",),
        f"{_L}imports/": (f"{_LETTER}imports/",),
        f"{_L}imports/<int:run_id>/": (
            f"{_LETTER}imports/{{import}}/",
            f"{_LETTER}imports/{{import_checked}}/",
        ),
        f"{_L}statistics/": (f"{_LETTER}statistics/", f"{_DRAFT}statistics/"),
        f"{_L}updates/": (f"{_LETTER}updates/",),
        f"{_L}updates/new/": (f"{_LETTER}updates/new/",),
        f"{_L}updates/<int:update_id>/": (
            f"{_LETTER}updates/{{update}}/",
            f"{_LETTER}updates/{{update_scheduled}}/",
        ),
        f"{_L}updates/<int:update_id>/edit/": (f"{_LETTER}updates/{{update}}/edit/",),
        f"{_L}export/": (f"{_LETTER}export/",),
        f"{_L}audit-log/": (f"{_LETTER}audit-log/",),
        f"{_L}deliveries/": (f"{_LETTER}deliveries/",),
        f"{_L}deliveries/<int:number>/": (
            f"{_LETTER}deliveries/{{ready}}/",
            f"{_LETTER}deliveries/{{handed}}/",
            f"{_LETTER}deliveries/{{typesetting}}/",
            f"{_LETTER}deliveries/{{failed}}/",
            f"{_LETTER}deliveries/{{stopped}}/",
        ),
        f"{_L}deliveries/<int:number>/preview/": (f"{_LETTER}deliveries/{{ready}}/preview/",),
        f"{_L}deliveries/<int:number>/send/": (f"{_LETTER}deliveries/{{ready}}/send/",),
        f"{_L}deliveries/<int:number>/by-hand/": (f"{_LETTER}deliveries/{{ready}}/by-hand/",),
        f"{_L}withdraw/": (f"{_LETTER}withdraw/",),
        f"{_C}new-letter/": (f"{_COALITION}new-letter/",),
        f"{_C}settings/": (f"{_COALITION}settings/",),
        f"{_C}log/": (f"{_COALITION}log/",),
        f"{_C}leave/": (f"{_COALITION}leave/",),
        f"{_C}members/": (f"{_COALITION}members/",),
        f"{_C}members/<int:user_id>/remove/": (f"{_COALITION}members/{{user}}/remove/",),
        f"{_C}members/<int:user_id>/transfer/": (f"{_COALITION}members/{{user}}/transfer/",),
        "accounts/sessions/": ("/accounts/sessions/",),
        "accounts/logout/": ("/accounts/logout/",),
        "accounts/reauthenticate/": ("/accounts/reauthenticate/",),
        "accounts/email/": ("/accounts/email/",),
        "accounts/password/change/": ("/accounts/password/change/",),
        "accounts/2fa/": ("/accounts/2fa/",),
        "accounts/2fa/totp/activate/": ("/accounts/2fa/totp/activate/",),
        "accounts/2fa/webauthn/": ("/accounts/2fa/webauthn/",),
        "accounts/2fa/webauthn/add/": ("/accounts/2fa/webauthn/add/",),
    },
    "anybody": {
        "organise/join/<str:token>/": ("/organise/join/{invitation}/",),
        "accounts/login/": ("/accounts/login/",),
        "accounts/signup/": ("/accounts/signup/",),
        "accounts/inactive/": ("/accounts/inactive/",),
        "accounts/confirm-email/": ("/accounts/confirm-email/",),
        r"accounts/^confirm-email/(?P<key>[-:\w]+)/$": (
            "/accounts/confirm-email/{address_key}/",
            "/accounts/confirm-email/x/",
        ),
        "accounts/password/reset/": ("/accounts/password/reset/",),
        "accounts/password/reset/done/": ("/accounts/password/reset/done/",),
        "accounts/password/reset/key/done/": ("/accounts/password/reset/key/done/",),
        "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": (
            "/accounts/password/reset/key/{password_key}/",
            "/accounts/password/reset/key/1-x/",
        ),
    },
    "half": {"accounts/2fa/authenticate/": ("/accounts/2fa/authenticate/",)},
    "keyholder": {
        "accounts/2fa/webauthn/": ("/accounts/2fa/webauthn/",),
        "accounts/2fa/webauthn/reauthenticate/": ("/accounts/2fa/webauthn/reauthenticate/",),
        "accounts/2fa/webauthn/keys/<int:pk>/edit/": ("/accounts/2fa/webauthn/keys/{key}/edit/",),
        "accounts/2fa/webauthn/keys/<int:pk>/remove/": (
            "/accounts/2fa/webauthn/keys/{key}/remove/",
        ),
    },
    "operator": {
        "organise/coalitions/new/": ("/organise/coalitions/new/",),
        "accounts/2fa/": ("/accounts/2fa/",),
        "accounts/2fa/reauthenticate/": ("/accounts/2fa/reauthenticate/",),
        "accounts/2fa/totp/deactivate/": ("/accounts/2fa/totp/deactivate/",),
        "accounts/2fa/recovery-codes/": ("/accounts/2fa/recovery-codes/",),
        "accounts/2fa/recovery-codes/generate/": ("/accounts/2fa/recovery-codes/generate/",),
        "operate/": ("/operate/",),
        "operate/^(?P<app_label>letters|signatories|deliveries|verification)/$": (
            "/operate/letters/",
        ),
        **{f"operate/{table}/": (f"/operate/{table}/",) for table in TABLES},
        **{
            f"operate/{table}/<path:object_id>/change/": (
                f"/operate/{table}/{{{table.partition('/')[2]}}}/change/",
            )
            for table in TABLES
        },
        "operate/letters/office/add/": ("/operate/letters/office/add/",),
        "operate/letters/letter/<path:object_id>/history/": (
            "/operate/letters/letter/{letter}/history/",
        ),
    },
}

# Routes that are no pages of their own, by why.
NO_PAGES = {
    "files": (
        f"{_L}picture/<slug:digest>-<int:width>.webp",
        f"{_L}imports/<int:run_id>/faults.csv",
        f"{_L}deliveries/<int:number>/files/<file_name:name>",
        f"{_L}deliveries/<int:number>/upload.zip",
        f"{_L}deliveries/<int:number>/message.eml",
        f"{_L}deliveries/<int:number>/dispatches/<int:dispatch_id>/message.eml",
        "accounts/2fa/recovery-codes/download/",
    ),
    "a part of a page that has a case": (
        f"{_L}signatures/bulk/<int:bulk_id>/progress/",
        f"{_L}imports/<int:run_id>/progress/",
        f"{_L}updates/<int:update_id>/progress/",
        f"{_L}deliveries/<int:number>/progress/",
        f"{_C}new-letter/address/",
    ),
    "a mail in a frame; it allows no script, so `test_mail_of_an_update` looks at its HTML": (
        f"{_L}updates/<int:update_id>/mail/<language:language>/",
    ),
    "data for a script": (
        "accounts/2fa/webauthn/login/",
        "operate/autocomplete/",
        "operate/jsi18n/",
    ),
    "leads to another page, here always": (
        "accounts/password/set/",
        "accounts/login/code/confirm/",
        "operate/r/<path:content_type_id>/<path:object_id>/",
        "operate/(?P<url>.*)$",
        *(f"operate/{table}/<path:object_id>/" for table in TABLES),
    ),
    "refused to everybody: operators look, and change nothing": (
        *(f"operate/{table}/add/" for table in TABLES if table != "letters/office"),
        *(f"operate/{table}/<path:object_id>/delete/" for table in TABLES),
    ),
    "Django's page of a history, which another table's case looks at": tuple(
        f"operate/{table}/<path:object_id>/history/"
        for table in TABLES
        if table != "letters/letter"
    ),
}


def organiser_routes() -> set[str]:
    """The routes of organisers, accounts and operators that can be opened, not only posted to."""
    return {
        route
        for route, (_path, expected) in TABLE.items()
        if route.startswith(("organise/", "accounts/", "operate/")) and 405 not in expected["GET"]
    }


def make_things(site: Site) -> tuple[dict[str, str], dict[str, str]]:
    """Ids and links by name, and session keys by person."""
    code = "from tests.journeys.organiser_things import main; main()"
    made: dict[str, Any] = json.loads(site.run(code).splitlines()[-1])
    return made["found"], made["sessions"]
