"""Every route of the project as everyone: the table says who gets what, and a route that is missing
from it fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from coalition.checks import views
from letters.models import Role, User
from tests.builders import (
    a_coalition,
    a_letter,
    a_member,
    a_signature,
    an_invitation,
    an_operator,
)
from tests.coalition.access_of_libraries import ACCOUNTS, OPERATORS
from tests.conftest import SAME_ORIGIN
from verification.links import confirm_url, invited_url, manage_url

pytestmark = pytest.mark.django_db

WHO = ("anonymous", "stranger", "viewer", "moderator", "editor", "owner", "operator")
PUBLIC = {"GET": (200,) * 6, "POST": (405,) * 6}
NOT_THERE = {"GET": (404,) * 6, "POST": (405,) * 6}
LOGIN = 302


def needs(role: Role, allowed: int) -> tuple[int, ...]:
    """Anonymous goes to the login, a stranger to 404, a member with too small a role to 403."""
    return (LOGIN, 404, *(allowed if r.includes(role) else 403 for r in reversed(Role)))


def reads(role: Role) -> dict[str, tuple[int, ...]]:
    return {"GET": needs(role, 200), "POST": needs(role, 405)}


_IMPORTS = "organise/letters/<slug:slug>/imports/"
# Route → path → method → status for anonymous, stranger, viewer, moderator, editor, owner; and for
# an operator where that is not a stranger's.
TABLE: dict[str, tuple[str, dict[str, tuple[int, ...]]]] = {
    "": ("/", PUBLIC),
    "healthz": ("/healthz", PUBLIC),
    "sitemap.xml": ("/sitemap.xml", PUBLIC),
    "robots.txt": ("/robots.txt", PUBLIC),
    "letters/<slug:slug>/": ("/letters/a-letter/", PUBLIC),
    "letters/<slug:slug>/count.json": ("/letters/a-letter/count.json", PUBLIC),
    "letters/<slug:slug>/card.png": ("/letters/a-letter/card.png", PUBLIC),
    "letters/<slug:slug>/<language:language>/card.png": ("/letters/a-letter/fr/card.png", PUBLIC),
    "letters/<slug:slug>/poster.pdf": ("/letters/a-letter/poster.pdf", PUBLIC),
    "letters/<slug:slug>/<language:language>/poster.pdf": (
        "/letters/a-letter/fr/poster.pdf",
        PUBLIC,
    ),
    "letters/<slug:slug>/poster-a4.pdf": ("/letters/a-letter/poster-a4.pdf", PUBLIC),
    "letters/<slug:slug>/<language:language>/poster-a4.pdf": (
        "/letters/a-letter/fr/poster-a4.pdf",
        PUBLIC,
    ),
    "letters/<slug:slug>/<language:language>/": ("/letters/a-letter/fr/", PUBLIC),
    "letters/<slug:slug>/roll/": ("/letters/a-letter/roll/", PUBLIC),
    "letters/<slug:slug>/<language:language>/roll/": ("/letters/a-letter/fr/roll/", PUBLIC),
    "letters/<slug:slug>/roll/<str:public_id>/": ("/letters/a-letter/roll/{entry}/", PUBLIC),
    "letters/<slug:slug>/<language:language>/roll/<str:public_id>/": (
        "/letters/a-letter/fr/roll/{entry}/",
        PUBLIC,
    ),
    "letters/<slug:slug>/challenge.json": ("/letters/a-letter/challenge.json", PUBLIC),
    "letters/<slug:slug>/check-inbox/": ("/letters/a-letter/check-inbox/", PUBLIC),
    "letters/<slug:slug>/<language:language>/check-inbox/": (
        "/letters/a-letter/fr/check-inbox/",
        PUBLIC,
    ),
    "letters/<slug:slug>/code/": (
        "/letters/a-letter/code/",
        {"GET": (200,) * 6, "POST": (422,) * 6},
    ),
    "letters/<slug:slug>/<language:language>/code/": (
        "/letters/a-letter/fr/code/",
        {"GET": (200,) * 6, "POST": (422,) * 6},
    ),
    "letters/<slug:slug>/sign/": (
        "/letters/a-letter/sign/",
        {"GET": (200,) * 6, "POST": (422,) * 6},
    ),
    **{
        f"letters/<slug:slug>/{route}{page}": (f"/letters/a-letter/{at}{where}", table)
        for route, at in (("", ""), ("<language:language>/", "fr/"))
        for page, where, table in (
            ("versions/", "versions/", PUBLIC),
            ("versions/<int:number>/", "versions/1/", PUBLIC),
            ("changes/<int:old>/<int:new>/", "changes/1/2/", NOT_THERE),
        )
    },
    "confirm/<str:token>/": ("{confirm}", {"GET": (200,) * 6}),
    "confirm/<str:token>/resend/": ("{confirm}resend/", {"GET": (302,) * 6, "POST": (303,) * 6}),
    "thanks/<str:token>/": ("/thanks/forged/", {"GET": (404,) * 6, "POST": (405,) * 6}),
    "manage/<str:token>/": ("{manage}", {"GET": (200,) * 6, "POST": (422,) * 6}),
    "manage/<str:token>/withdraw/": ("{manage}withdraw/", {"GET": (200,) * 6}),
    "manage/<str:token>/erase/": ("{manage}erase/", {"GET": (200,) * 6}),
    "manage/<str:token>/data.json": (
        "{manage}data.json",
        {"GET": (303,) * 6, "POST": (200,) * 6},
    ),
    "manage/<str:token>/deliveries/": ("{manage}deliveries/", {"GET": (200,) * 6}),
    "manage/<str:token>/deliveries/<int:number>/receipt.json": (
        "{manage}deliveries/1/receipt.json",
        {"GET": (303,) * 6, "POST": (404,) * 6},
    ),
    "my-signatures/<language:language>/": (
        "/my-signatures/fr/",
        {"GET": (200,) * 6, "POST": (422,) * 6},
    ),
    "my-signatures/<language:language>/sent/": ("/my-signatures/fr/sent/", PUBLIC),
    "manage/<str:token>/new-text/": (
        "{manage}new-text/",
        {"GET": (303,) * 6, "POST": (303,) * 6},
    ),
    "unsubscribe/<str:token>/": ("/unsubscribe/forged/", {"GET": (404,) * 6, "POST": (404,) * 6}),
    "invited/<str:token>/": (
        "{invited}",
        {"GET": (200,) * 6, "POST": (422,) * 6},
    ),
    "invited/<str:token>/check-inbox/": ("{invited}check-inbox/", PUBLIC),
    "invited/<str:token>/code/": (
        "{invited}code/",
        {"GET": (200,) * 6, "POST": (422,) * 6},
    ),
    "manage/<str:token>/guild-code/": (
        "{manage}guild-code/",
        {"GET": (200,) * 6, "POST": (422,) * 6},
    ),
    "manage/<str:token>/account/<slug:provider_id>/": (
        "{manage}account/none/",
        {"GET": (404,) * 6, "POST": (404,) * 6},
    ),
    "linked-account/<slug:provider_id>/": (
        "/linked-account/none/",
        {"GET": (400,) * 6, "POST": (405,) * 6},
    ),
    "manage/<str:token>/sign-again/": (
        "{manage}sign-again/",
        {"GET": (303,) * 6, "POST": (303,) * 6},
    ),
    "organise/": ("/organise/", {"GET": (LOGIN, *(200,) * 5), "POST": (LOGIN, *(405,) * 5)}),
    "organise/letters/<slug:slug>/": ("/organise/letters/a-letter/", reads(Role.VIEWER)),
    "organise/letters/<slug:slug>/signatures/": (
        "/organise/letters/a-letter/signatures/",
        reads(Role.VIEWER),
    ),
    "organise/letters/<slug:slug>/signatures/decide/": (
        "/organise/letters/a-letter/signatures/decide/",
        {"GET": needs(Role.MODERATOR, 405), "POST": needs(Role.MODERATOR, 422)},
    ),
    **{
        f"organise/letters/<slug:slug>/signatures/{route}": (
            f"/organise/letters/a-letter/signatures/{path}",
            {"GET": needs(Role.MODERATOR, 405), "POST": needs(Role.MODERATOR, answer)},
        )
        for route, path, answer in (
            ("undo/", "undo/", 303),
            ("assign/", "assign/", 303),
            ("queries/new/", "queries/new/", 422),
            ("queries/<int:query_id>/remove/", "queries/1/remove/", 404),
            ("bulk/new/", "bulk/new/", 422),
            ("bulk/<int:bulk_id>/step/", "bulk/1/step/", 404),
            ("<int:signature_id>/remarks/", "{signature}/remarks/", 422),
            ("<int:signature_id>/merge/", "{signature}/merge/", 303),
        )
    },
    **{
        f"organise/letters/<slug:slug>/signatures/bulk/<int:bulk_id>/{page}": (
            f"/organise/letters/a-letter/signatures/bulk/1/{page}",
            {"GET": needs(Role.VIEWER, 404), "POST": needs(Role.VIEWER, 405)},
        )
        for page in ("", "progress/")
    },
    "organise/letters/<slug:slug>/audit-log/export/": (
        "/organise/letters/a-letter/audit-log/export/",
        {"GET": needs(Role.MODERATOR, 405), "POST": needs(Role.MODERATOR, 200)},
    ),
    "organise/letters/<slug:slug>/featured/": (
        "/organise/letters/a-letter/featured/",
        {"GET": needs(Role.MODERATOR, 200), "POST": needs(Role.MODERATOR, 303)},
    ),
    "organise/letters/<slug:slug>/signatures/queries/": (
        "/organise/letters/a-letter/signatures/queries/",
        reads(Role.VIEWER),
    ),
    "organise/letters/<slug:slug>/signatures/<int:signature_id>/compare/": (
        "/organise/letters/a-letter/signatures/{signature}/compare/",
        reads(Role.VIEWER),
    ),
    "organise/letters/<slug:slug>/signatures/<int:signature_id>/": (
        "/organise/letters/a-letter/signatures/{signature}/",
        reads(Role.VIEWER),
    ),
    "organise/letters/<slug:slug>/evidence/": (
        "/organise/letters/a-letter/evidence/",
        reads(Role.VIEWER),
    ),
    "organise/letters/<slug:slug>/evidence/domains/": (
        "/organise/letters/a-letter/evidence/domains/",
        {"GET": needs(Role.EDITOR, 405), "POST": needs(Role.EDITOR, 422)},
    ),
    "organise/letters/<slug:slug>/signatures/<int:signature_id>/block/": (
        "/organise/letters/a-letter/signatures/{signature}/block/",
        {"GET": needs(Role.MODERATOR, 405), "POST": needs(Role.MODERATOR, 303)},
    ),
    "organise/letters/<slug:slug>/protection/": (
        "/organise/letters/a-letter/protection/",
        reads(Role.MODERATOR),
    ),
    "organise/letters/<slug:slug>/protection/surge/": (
        "/organise/letters/a-letter/protection/surge/",
        {"GET": needs(Role.MODERATOR, 405), "POST": needs(Role.MODERATOR, 303)},
    ),
    "organise/letters/<slug:slug>/protection/names/": (
        "/organise/letters/a-letter/protection/names/",
        {"GET": needs(Role.EDITOR, 405), "POST": needs(Role.EDITOR, 422)},
    ),
    "organise/letters/<slug:slug>/protection/names/<int:name_id>/remove/": (
        "/organise/letters/a-letter/protection/names/1/remove/",
        {"GET": needs(Role.EDITOR, 405), "POST": needs(Role.EDITOR, 404)},
    ),
    "organise/letters/<slug:slug>/protection/blocks/": (
        "/organise/letters/a-letter/protection/blocks/",
        {"GET": needs(Role.MODERATOR, 405), "POST": needs(Role.MODERATOR, 422)},
    ),
    "organise/letters/<slug:slug>/protection/blocks/<int:block_id>/remove/": (
        "/organise/letters/a-letter/protection/blocks/1/remove/",
        {"GET": needs(Role.MODERATOR, 405), "POST": needs(Role.MODERATOR, 404)},
    ),
    "organise/letters/<slug:slug>/text/": ("/organise/letters/a-letter/text/", reads(Role.VIEWER)),
    "organise/letters/<slug:slug>/text/new/": (
        "/organise/letters/a-letter/text/new/",
        {"GET": needs(Role.EDITOR, 303), "POST": needs(Role.EDITOR, 303)},
    ),
    "organise/letters/<slug:slug>/evidence/guilds/": (
        "/organise/letters/a-letter/evidence/guilds/",
        {"GET": needs(Role.EDITOR, 405), "POST": needs(Role.EDITOR, 422)},
    ),
    "organise/letters/<slug:slug>/evidence/guilds/<int:guild_id>/codes/": (
        "/organise/letters/a-letter/evidence/guilds/1/codes/",
        {"GET": needs(Role.EDITOR, 405), "POST": needs(Role.EDITOR, 404)},
    ),
    **{
        f"organise/letters/<slug:slug>/evidence/guilds/<int:guild_id>/{page}": (
            f"/organise/letters/a-letter/evidence/guilds/1/{page}",
            {"GET": needs(Role.EDITOR, 405 if page else 404), "POST": needs(Role.EDITOR, post)},
        )
        for page, post in (("", 405), ("link/", 404), ("cancel/", 404))
    },
    **{
        f"guild/<str:token>/{page}": (
            f"/guild/forged/{page}",
            {"GET": (404,) * 6, "POST": (post,) * 6},
        )
        for page, post in (("", 405), ("codes/", 404), ("cancel/", 404))
    },
    "organise/letters/<slug:slug>/evidence/invitations/": (
        "/organise/letters/a-letter/evidence/invitations/",
        {"GET": needs(Role.EDITOR, 405), "POST": needs(Role.EDITOR, 422)},
    ),
    "organise/letters/<slug:slug>/evidence/invitations/<int:invitation_id>/revoke/": (
        "/organise/letters/a-letter/evidence/invitations/0/revoke/",
        {"GET": needs(Role.EDITOR, 405), "POST": needs(Role.EDITOR, 404)},
    ),
    "organise/letters/<slug:slug>/evidence/invitations/<int:invitation_id>/resend/": (
        "/organise/letters/a-letter/evidence/invitations/0/resend/",
        {"GET": needs(Role.EDITOR, 405), "POST": needs(Role.EDITOR, 404)},
    ),
    f"{_IMPORTS}": ("/organise/letters/a-letter/imports/", reads(Role.VIEWER)),
    **{
        f"{_IMPORTS}{route}": (
            f"/organise/letters/a-letter/imports/{path}",
            {"GET": needs(Role.EDITOR, 405), "POST": needs(Role.EDITOR, status)},
        )
        for route, path, status in (
            ("new/", "new/", 422),
            ("paper/", "paper/", 422),
            ("paper/<int:paper_id>/", "paper/1/", 404),
            ("<int:run_id>/check/", "1/check/", 404),
            ("<int:run_id>/start/", "1/start/", 404),
            ("<int:run_id>/cancel/", "1/cancel/", 404),
        )
    },
    **{
        f"{_IMPORTS}<int:run_id>/{route}": (
            f"/organise/letters/a-letter/imports/1/{route}",
            {"GET": needs(Role.EDITOR, 404), "POST": needs(Role.EDITOR, 405)},
        )
        for route in ("", "progress/", "faults.csv")
    },
    "organise/letters/<slug:slug>/statistics/": (
        "/organise/letters/a-letter/statistics/",
        reads(Role.VIEWER),
    ),
    "organise/letters/<slug:slug>/export/": (
        "/organise/letters/a-letter/export/",
        {"GET": needs(Role.EDITOR, 200), "POST": needs(Role.EDITOR, 422)},
    ),
    "organise/letters/<slug:slug>/audit-log/": (
        "/organise/letters/a-letter/audit-log/",
        reads(Role.VIEWER),
    ),
}

# No draft is there: whoever may write is told so, or led to the texts.
_LETTER = "organise/letters/<slug:slug>/"
_AT_LETTER = "/organise/letters/a-letter/"
WRITE = {"GET": needs(Role.EDITOR, 302), "POST": needs(Role.EDITOR, 409)}
SET_UP = {"GET": needs(Role.EDITOR, 200), "POST": needs(Role.EDITOR, 422)}
TABLE |= {
    "organise/coalitions/<slug:slug>/new-letter/": (
        "/organise/coalitions/makers/new-letter/",
        {"GET": needs(Role.EDITOR, 200), "POST": needs(Role.EDITOR, 422)},
    ),
    "organise/coalitions/<slug:slug>/new-letter/address/": (
        "/organise/coalitions/makers/new-letter/address/",
        reads(Role.EDITOR),
    ),
    f"{_LETTER}text/edit/": (f"{_AT_LETTER}text/edit/", WRITE),
    f"{_LETTER}text/edit/<language:language>/": (f"{_AT_LETTER}text/edit/fr/", WRITE),
    f"{_LETTER}text/preview/<language:language>/": (
        f"{_AT_LETTER}text/preview/fr/",
        {"GET": needs(Role.EDITOR, 405), "POST": needs(Role.EDITOR, 404)},
    ),
    f"{_LETTER}text/begin/": (
        f"{_AT_LETTER}text/begin/",
        {"GET": needs(Role.EDITOR, 405), "POST": needs(Role.EDITOR, 303)},
    ),
    f"{_LETTER}text/discard/": (
        f"{_AT_LETTER}text/discard/",
        {"GET": needs(Role.EDITOR, 405), "POST": needs(Role.EDITOR, 303)},
    ),
    f"{_LETTER}text/languages/": (
        f"{_AT_LETTER}text/languages/",
        {"GET": needs(Role.EDITOR, 405), "POST": needs(Role.EDITOR, 303)},
    ),
    f"{_LETTER}text/languages/<language:language>/remove/": (
        f"{_AT_LETTER}text/languages/fr/remove/",
        {"GET": needs(Role.EDITOR, 405), "POST": needs(Role.EDITOR, 404)},
    ),
    f"{_LETTER}text/<int:number>/mails/": (f"{_AT_LETTER}text/1/mails/", reads(Role.VIEWER)),
    f"{_LETTER}text/<int:number>/mails/pause/": (
        f"{_AT_LETTER}text/1/mails/pause/",
        {"GET": needs(Role.EDITOR, 405), "POST": needs(Role.EDITOR, 303)},
    ),
    f"{_LETTER}picture/": (f"{_AT_LETTER}picture/", SET_UP),
    f"{_LETTER}picture/remove/": (
        f"{_AT_LETTER}picture/remove/",
        {"GET": needs(Role.EDITOR, 405), "POST": needs(Role.EDITOR, 303)},
    ),
    f"{_LETTER}picture/<slug:digest>-<int:width>.webp": (
        f"{_AT_LETTER}picture/0-480.webp",
        {"GET": needs(Role.VIEWER, 404), "POST": needs(Role.VIEWER, 405)},
    ),
    "letters/<slug:slug>/picture/<slug:digest>-<int:width>.webp": (
        "/letters/a-letter/picture/0-480.webp",
        NOT_THERE,
    ),
    f"{_LETTER}settings/": (f"{_AT_LETTER}settings/", SET_UP),
    f"{_LETTER}schedule/": (f"{_AT_LETTER}schedule/", SET_UP),
    f"{_LETTER}offices/<slug:office>/": (
        f"{_AT_LETTER}offices/none/",
        {"GET": needs(Role.EDITOR, 404), "POST": needs(Role.EDITOR, 404)},
    ),
    f"{_LETTER}status/": (
        f"{_AT_LETTER}status/",
        {"GET": needs(Role.EDITOR, 405), "POST": needs(Role.EDITOR, 303)},
    ),
    # The letter is open, so the page asks, and the button withdraws it.
    f"{_LETTER}withdraw/": (
        f"{_AT_LETTER}withdraw/",
        {"GET": needs(Role.OWNER, 200), "POST": needs(Role.OWNER, 303)},
    ),
    f"{_LETTER}publish/": (
        f"{_AT_LETTER}publish/",
        {"GET": needs(Role.EDITOR, 302), "POST": needs(Role.EDITOR, 302)},
    ),
}

_UPDATES = f"{_LETTER}updates/"
_AT_UPDATES = f"{_AT_LETTER}updates/"
TABLE |= {
    _UPDATES: (_AT_UPDATES, reads(Role.VIEWER)),
    f"{_UPDATES}new/": (
        f"{_AT_UPDATES}new/",
        {"GET": needs(Role.EDITOR, 200), "POST": needs(Role.EDITOR, 422)},
    ),
    f"{_UPDATES}<int:update_id>/edit/": (
        f"{_AT_UPDATES}1/edit/",
        {"GET": needs(Role.EDITOR, 404), "POST": needs(Role.EDITOR, 404)},
    ),
    **{
        f"{_UPDATES}<int:update_id>/{route}": (
            f"{_AT_UPDATES}1/{path}",
            {"GET": needs(Role.VIEWER, 404), "POST": needs(Role.VIEWER, 405)},
        )
        for route, path in (
            ("", ""),
            ("mail/<language:language>/", "mail/en/"),
            ("progress/", "progress/"),
        )
    },
    **{
        f"{_UPDATES}<int:update_id>/{end}": (
            f"{_AT_UPDATES}1/{end}",
            {"GET": needs(Role.EDITOR, 405), "POST": needs(Role.EDITOR, 404)},
        )
        for end in ("test/", "send/", "step/")
    },
}

# No delivery is there: who may enter gets 404, so the table shows the door and nothing behind it.
_DELIVERIES = "organise/letters/<slug:slug>/deliveries/"
_NUMBER = f"{_DELIVERIES}<int:number>/"
_AT = "/organise/letters/a-letter/deliveries/"
READ_ONE = {"GET": needs(Role.VIEWER, 404), "POST": needs(Role.VIEWER, 405)}
CHANGE_ONE = {"GET": needs(Role.EDITOR, 405), "POST": needs(Role.EDITOR, 404)}
TABLE |= {
    "deliveries/<slug:slug>/<int:number>/": ("/deliveries/a-letter/1/", NOT_THERE),
    "deliveries/<slug:slug>/<int:number>/<language:language>/": (
        "/deliveries/a-letter/1/fr/",
        NOT_THERE,
    ),
    "deliveries/seal/<language:language>/": ("/deliveries/seal/fr/", PUBLIC),
    "deliveries/<slug:slug>/<int:number>/seal/": ("/deliveries/a-letter/1/seal/", NOT_THERE),
    "deliveries/<slug:slug>/<int:number>/delivery.json": (
        "/deliveries/a-letter/1/delivery.json",
        NOT_THERE,
    ),
    "deliveries/<slug:slug>/<int:number>/<file_name:name>": ("/deliveries/a-letter/1/x", NOT_THERE),
    _DELIVERIES: (_AT, reads(Role.VIEWER)),
    f"{_DELIVERIES}new/": (
        f"{_AT}new/",
        {"GET": needs(Role.EDITOR, 405), "POST": needs(Role.EDITOR, 422)},
    ),
    _NUMBER: (f"{_AT}1/", READ_ONE),
    f"{_NUMBER}progress/": (f"{_AT}1/progress/", READ_ONE),
    f"{_NUMBER}files/<file_name:name>": (f"{_AT}1/files/x", READ_ONE),
    f"{_NUMBER}preview/": (f"{_AT}1/preview/", READ_ONE),
    f"{_NUMBER}cancel/": (f"{_AT}1/cancel/", CHANGE_ONE),
    f"{_NUMBER}retry/": (f"{_AT}1/retry/", CHANGE_ONE),
    f"{_NUMBER}publish/": (f"{_AT}1/publish/", CHANGE_ONE),
    f"{_NUMBER}seal/": (f"{_AT}1/seal/", CHANGE_ONE),
    f"{_NUMBER}read-again/": (f"{_AT}1/read-again/", CHANGE_ONE),
    **{f"{_NUMBER}{file}": (f"{_AT}1/{file}", READ_ONE) for file in ("message.eml", "upload.zip")},
    f"{_NUMBER}dispatches/<int:dispatch_id>/message.eml": (
        f"{_AT}1/dispatches/1/message.eml",
        READ_ONE,
    ),
    **{
        f"{_NUMBER}dispatches/<int:dispatch_id>/{end}": (f"{_AT}1/dispatches/1/{end}", CHANGE_ONE)
        for end in ("resolve/", "stop/", "revoke-link/")
    },
    **{
        f"{_NUMBER}{page}": (
            f"{_AT}1/{page}",
            {"GET": needs(Role.EDITOR, 404), "POST": needs(Role.EDITOR, 404)},
        )
        for page in ("send/", "by-hand/")
    },
    "dossier/<str:token>/": ("/dossier/forged/", NOT_THERE),
    "dossier/<str:token>/<file_name:name>": ("/dossier/forged/x", NOT_THERE),
}
_COALITION = "organise/coalitions/<slug:slug>/"
_MAKERS = "/organise/coalitions/makers/"
_ASKS = {"GET": needs(Role.OWNER, 200), "POST": needs(Role.OWNER, 303)}
TABLE |= {
    "organise/coalitions/new/": (
        "/organise/coalitions/new/",
        {"GET": (LOGIN, *(403,) * 5, 200), "POST": (LOGIN, *(403,) * 5, 422)},
    ),
    f"{_COALITION}settings/": (
        f"{_MAKERS}settings/",
        {"GET": needs(Role.OWNER, 200), "POST": needs(Role.OWNER, 422)},
    ),
    f"{_COALITION}log/": (f"{_MAKERS}log/", reads(Role.VIEWER)),
    f"{_COALITION}members/": (f"{_MAKERS}members/", reads(Role.VIEWER)),
    # Each leaves, and the last owner is told to stay: both go on to a page.
    f"{_COALITION}leave/": (
        f"{_MAKERS}leave/",
        {"GET": needs(Role.VIEWER, 200), "POST": needs(Role.VIEWER, 303)},
    ),
    f"{_COALITION}invitations/": (
        f"{_MAKERS}invitations/",
        {"GET": needs(Role.OWNER, 405), "POST": needs(Role.OWNER, 422)},
    ),
    f"{_COALITION}invitations/<int:invitation_id>/resend/": (
        f"{_MAKERS}invitations/1/resend/",
        {"GET": needs(Role.OWNER, 405), "POST": needs(Role.OWNER, 404)},
    ),
    f"{_COALITION}invitations/<int:invitation_id>/revoke/": (
        f"{_MAKERS}invitations/1/revoke/",
        {"GET": needs(Role.OWNER, 405), "POST": needs(Role.OWNER, 404)},
    ),
    f"{_COALITION}members/<int:user_id>/role/": (
        f"{_MAKERS}members/{{viewer}}/role/",
        {"GET": needs(Role.OWNER, 405), "POST": needs(Role.OWNER, 422)},
    ),
    f"{_COALITION}members/<int:user_id>/remove/": (f"{_MAKERS}members/{{viewer}}/remove/", _ASKS),
    f"{_COALITION}members/<int:user_id>/transfer/": (
        f"{_MAKERS}members/{{viewer}}/transfer/",
        _ASKS,
    ),
    "organise/join/<str:token>/": (
        "/organise/join/forged/",
        {"GET": (404,) * 6, "POST": (404,) * 6},
    ),
    "accounts/sessions/": (
        "/accounts/sessions/",
        {"GET": (LOGIN, *(200,) * 5), "POST": (LOGIN, *(405,) * 5)},
    ),
    "accounts/sessions/end/": (
        "/accounts/sessions/end/",
        {"GET": (LOGIN, *(405,) * 5), "POST": (LOGIN, *(404,) * 5)},
    ),
    "accounts/sessions/end-others/": (
        "/accounts/sessions/end-others/",
        {"GET": (LOGIN, *(405,) * 5), "POST": (LOGIN, *(303,) * 5)},
    ),
}
# Development only: settings.MAILBOX decides.
TABLE |= {
    "mailbox/": ("/mailbox/", PUBLIC),
    "mailbox/<str:name>/": ("/mailbox/x/", NOT_THERE),
    "mailbox/<str:name>/html/": ("/mailbox/x/html/", NOT_THERE),
    "mailbox/<str:name>/attachments/<int:number>/": ("/mailbox/x/attachments/1/", NOT_THERE),
}


TABLE |= ACCOUNTS | OPERATORS
# Seven answers each: an operator is a stranger to every coalition.
TABLE = {
    route: (path, {method: (*answers, answers[1])[:7] for method, answers in expected.items()})
    for route, (path, expected) in TABLE.items()
}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """Who asks and what they ask about, made once: each route's changes are rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        letter = a_letter()
        people = {str(role): a_member(letter.coalition, role) for role in Role}
        people["stranger"] = a_member(a_coalition("others"), Role.OWNER)
        people["operator"] = an_operator()
        yield {
            "sessions": {who: _session_of(user) for who, user in people.items()},
            "confirm": confirm_url(a_signature(letter, "Un", status="unconfirmed").pk),
            "manage": manage_url(a_signature(letter, "Ada").pk),
            "signature": str(a_signature(letter, "Zoe").pk),
            "entry": a_signature(letter, "Eve").public_id,
            "invited": invited_url(an_invitation(letter).pk),
            "viewer": str(people["viewer"].pk),
        }
        transaction.set_rollback(True)


def _session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return str(client.session.session_key)


def _client(session: str | None) -> Client:
    client = Client(headers=SAME_ORIGIN)
    if session is not None:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    return client


def project_routes() -> set[str]:
    return {route for route, _ in views(get_resolver().url_patterns)}


def test_every_route_is_in_the_table() -> None:
    assert sorted(project_routes() - set(TABLE)) == []
    assert sorted(set(TABLE) - project_routes()) == []


@pytest.mark.parametrize("route", TABLE)
def test_route_answers_as_the_table_says(route: str, world: dict[str, Any], settings: Any) -> None:
    settings.COALITIONS_OPEN = False
    path, expected = TABLE[route]
    path = path.format(**world).removeprefix(settings.SITE_URL)
    for method, statuses in expected.items():
        got = tuple(_status(world["sessions"].get(who), method, path) for who in WHO)
        assert got == statuses, f"{method} {path} as {WHO}"


def _status(session: str | None, method: str, path: str) -> int:
    """The answer's; what it changed is rolled back."""
    with transaction.atomic():
        status: int = getattr(_client(session), method.lower())(path).status_code
        transaction.set_rollback(True)
    return status
