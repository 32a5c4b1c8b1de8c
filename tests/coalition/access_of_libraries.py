"""Who may enter the pages of libraries: allauth's accounts and Django's admin.

302 leads an anonymous person to the login, and others away from a page that is not for them now
(such as a second step that they have not set up), or to type their password once more.
"""

Row = tuple[str, dict[str, tuple[int, ...]]]


def _all(status: int) -> tuple[int, ...]:
    return (status,) * 7


def _known(status: int) -> tuple[int, ...]:
    """Who is logged in; the others go to the login."""
    return (302, *(status,) * 6)


def _operator(status: int) -> tuple[int, ...]:
    """For everybody else there is no such page."""
    return (302, *(404,) * 5, status)


# Route under accounts/ → path → GET and POST (an empty form).
_ACCOUNTS = {
    "login/": ("login/", (200, *(302,) * 6), (200, *(302,) * 6)),
    "logout/": ("logout/", _known(200), _all(302)),
    "inactive/": ("inactive/", _all(200), _all(405)),
    "signup/": ("signup/", (200, *(302,) * 6), (200, *(302,) * 6)),
    "reauthenticate/": ("reauthenticate/", _known(200), _known(200)),
    "email/": ("email/", _known(200), _all(302)),
    "confirm-email/": ("confirm-email/", _all(200), _all(405)),
    r"^confirm-email/(?P<key>[-:\w]+)/$": ("confirm-email/x/", _all(200), _all(404)),
    "password/change/": ("password/change/", _known(200), _known(200)),
    "password/set/": ("password/set/", _all(302), _all(302)),
    "password/reset/": ("password/reset/", _all(200), _all(200)),
    "password/reset/done/": ("password/reset/done/", _all(200), _all(405)),
    "password/reset/key/done/": ("password/reset/key/done/", _all(200), _all(405)),
    "^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": (
        "password/reset/key/1-x/",
        _all(200),
        _all(200),
    ),
    "login/code/confirm/": ("login/code/confirm/", _all(302), _all(302)),
    "2fa/": ("2fa/", _known(200), _known(405)),
    "2fa/authenticate/": ("2fa/authenticate/", _all(302), _all(302)),
    "2fa/reauthenticate/": ("2fa/reauthenticate/", (*(302,) * 6, 200), (*(302,) * 6, 200)),
    "2fa/totp/activate/": ("2fa/totp/activate/", _all(302), _all(302)),
    "2fa/totp/deactivate/": (
        "2fa/totp/deactivate/",
        (302, *(404,) * 5, 302),
        (302, *(404,) * 5, 302),
    ),
    "2fa/recovery-codes/": ("2fa/recovery-codes/", _known(404), _known(405)),
    "2fa/recovery-codes/generate/": ("2fa/recovery-codes/generate/", _all(302), _all(302)),
    "2fa/recovery-codes/download/": ("2fa/recovery-codes/download/", _known(404), _known(404)),
    "2fa/webauthn/": ("2fa/webauthn/", _known(200), _known(405)),
    "2fa/webauthn/add/": ("2fa/webauthn/add/", _all(302), _all(302)),
    "2fa/webauthn/reauthenticate/": ("2fa/webauthn/reauthenticate/", _all(302), _all(302)),
    "2fa/webauthn/keys/<int:pk>/remove/": ("2fa/webauthn/keys/1/remove/", _all(302), _all(302)),
    "2fa/webauthn/keys/<int:pk>/edit/": ("2fa/webauthn/keys/1/edit/", _all(302), _all(302)),
    "2fa/webauthn/login/": ("2fa/webauthn/login/", _all(302), _all(302)),
}
ACCOUNTS: dict[str, Row] = {
    f"accounts/{route}": (f"/accounts/{path}", {"GET": get, "POST": post})
    for route, (path, get, post) in _ACCOUNTS.items()
}

TABLES = (
    "letters/user",
    "letters/coalition",
    "letters/letter",
    "letters/office",
    "letters/changeentry",
    "signatories/signature",
    "deliveries/delivery",
    "deliveries/dispatch",
    "verification/auditentry",
)
# What follows a table's name → path (row 0 is in no table) → GET and POST.
_TABLE_PAGES = {
    "/": ("/", 200, 200),
    "/add/": ("/add/", 403, 403),
    "/<path:object_id>/": ("/0/", 302, 302),
    "/<path:object_id>/change/": ("/0/change/", 302, 403),
    "/<path:object_id>/delete/": ("/0/delete/", 403, 403),
    "/<path:object_id>/history/": ("/0/history/", 302, 302),
}
_OPERATORS = {
    "": ("", 200, 200),
    "autocomplete/": ("autocomplete/", 403, 405),
    "jsi18n/": ("jsi18n/", 200, 405),
    "r/<path:content_type_id>/<path:object_id>/": ("r/0/0/", 404, 404),
    "^(?P<app_label>letters|signatories|deliveries|verification)/$": ("letters/", 200, 200),
    "(?P<url>.*)$": ("nothing", 404, 404),
    **{
        f"{table}{page}": (f"{table}{path}", get, post)
        for table in TABLES
        for page, (path, get, post) in _TABLE_PAGES.items()
    },
    # Offices are the one table that operators edit, through its service.
    "letters/office/add/": ("letters/office/add/", 200, 200),
    "letters/office/<path:object_id>/change/": ("letters/office/0/change/", 302, 302),
}
OPERATORS: dict[str, Row] = {
    f"operate/{route}": (f"/operate/{path}", {"GET": _operator(get), "POST": _operator(post)})
    for route, (path, get, post) in _OPERATORS.items()
}
