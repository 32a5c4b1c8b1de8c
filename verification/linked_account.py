"""An account at an OpenID Connect provider as evidence: the round trip there and back.

allauth's client speaks to the provider (discovery, PKCE, exchange of the code), PyJWT checks the id
token. Nothing of allauth's login is used: there is no session, no user and no row.
What must be remembered on the way lies in one cookie (docs/architecture.md says why).
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, cast

import jwt
import redis
import requests
import structlog
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from common.crypto import decrypt, encrypt, keyed_digest
from common.tokens import TokenError, make_token, read_token
from letters.models import Letter

PURPOSE = "linked account"
COOKIE = "account_proof"
DISCOVERY_SECONDS = 3600
# Signed with a key that only the provider has; never `none`, never a secret that is ours too.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
REQUIRED = ("iss", "aud", "exp", "iat", "sub", "nonce")  # OpenID Connect Core, 2
CLOCKS_DIFFER_SECONDS = 60
# Whatever a server answers that is away, set up wrongly or not honest.
FAILURES = (
    *(requests.RequestException, OAuth2Error, jwt.PyJWTError, redis.RedisError),
    *(KeyError, TypeError, ValueError, AttributeError),
)

log = structlog.get_logger(__name__)


_ALLAUTH = ("server_url", "token_auth_method")


class AccountUnproved(Exception):
    """The provider did not say, in a way that can be checked, whose account it is."""


class WayLost(Exception):
    """This browser did not set out for here, or too long ago."""


@dataclass(frozen=True, slots=True)
class Trip:
    """What a browser takes to the provider and back; encrypted and signed in its cookie."""

    signature_id: int
    provider_id: str
    state: str
    nonce: str
    code_verifier: str


def providers_of(letter: Letter) -> list[dict[str, Any]]:
    """The providers that the operator offers to the letter's coalition."""
    return [
        one
        for one in settings.OPENID_PROVIDERS
        if letter.coalition.slug in one.get("coalitions", [letter.coalition.slug])
    ]


def find_provider(provider_id: str, letter: Letter) -> dict[str, Any] | None:
    return next((one for one in providers_of(letter) if one["id"] == provider_id), None)


def set_out(request: HttpRequest, signature_id: int, provider: dict[str, Any]) -> tuple[Trip, str]:
    """A new trip, and the provider's address that it begins at. Raises AccountUnproved."""
    pkce = generate_code_challenge()
    verifier = pkce.pop("code_verifier")
    trip = Trip(
        signature_id, provider["id"], secrets.token_urlsafe(32), secrets.token_urlsafe(32), verifier
    )
    adapter = _Provider(request, _app(provider)).get_oauth2_adapter(request)
    try:
        client = adapter.get_client(request, adapter.get_provider().app)
        client.state = trip.state
        # `openid` alone: neither name nor mail is asked for.
        url = client.get_redirect_url(
            adapter.authorize_url, ["openid"], {"nonce": trip.nonce, **pkce}
        )
    except FAILURES as error:
        raise _unproved(provider, error) from error
    return trip, cast("str", url)


def subject_of(request: HttpRequest, trip: Trip, provider: dict[str, Any], letter_id: int) -> bytes:
    """The keyed digest of the account that the provider vouches for with the code in `request`.

    It is of the letter too, so nobody sees that two letters were signed with one account.
    Raises AccountUnproved.
    """
    adapter = _Provider(request, _app(provider)).get_oauth2_adapter(request)
    try:
        app = adapter.get_provider().app
        client = adapter.get_client(request, app)
        answer = adapter.get_access_token_data(request, app, client, trip.code_verifier)
        claims = adapter.checked_claims(answer["id_token"])
        if not constant_time_compare(claims["nonce"], trip.nonce):
            raise ValueError("nonce")
        issuer, subject = claims["iss"], claims["sub"]
        if not subject:
            raise ValueError("sub")
    except FAILURES as error:
        raise _unproved(provider, error) from error
    return keyed_digest("linked account", f"{letter_id}\n{issuer}\n{subject}")


def pack(trip: Trip) -> str:
    """The trip as the cookie's value."""
    return make_token(PURPOSE, encrypt(json.dumps(asdict(trip))).decode())


def unpack(cookie: str) -> Trip:
    """Raises WayLost where the cookie is not one of ours, or too old."""
    try:
        sealed = read_token(PURPOSE, cookie, timedelta(minutes=settings.OPENID_MINUTES))
        return Trip(**json.loads(decrypt(sealed.encode())))
    except (TokenError, InvalidToken) as error:
        raise WayLost from error


class _Adapter(OpenIDConnectOAuth2Adapter):
    """allauth's, except that the provider comes from our settings and back to our address."""

    def __init__(self, request: HttpRequest, provider: _Provider) -> None:
        super().__init__(request, provider.app.provider_id)
        self.provider = provider

    def get_provider(self) -> _Provider:
        return self.provider

    @property
    def openid_config(self) -> dict[str, Any]:
        key = f"openid-configuration:{self.provider.server_url}"
        config = cache.get(key)
        if config is None:
            config = super().openid_config
            cache.set(key, config, DISCOVERY_SECONDS)
        return cast("dict[str, Any]", config)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return callback_url(self.provider_id)

    def checked_claims(self, id_token: str) -> dict[str, Any]:
        """What the token says, where its signature, issuer, audience and time are right.

        allauth's own check believes the algorithm that the token names and wants each token to
        name its key, which a provider with one key need not do (OpenID Connect Core, 10.1).
        """
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        named = jwt.get_unverified_header(id_token).get("kid")
        [key] = [
            key
            for key in keys
            if key.public_key_use in (None, "sig") and named in (None, key.key_id)
        ]
        return jwt.decode(
            id_token,
            key,
            algorithms=ALGORITHMS,
            issuer=self.openid_config["issuer"],
            audience=self.provider.app.client_id,
            leeway=CLOCKS_DIFFER_SECONDS,
            options={"require": list(REQUIRED)},
        )


class _Provider(OpenIDConnectProvider):
    def get_oauth2_adapter(self, request: HttpRequest) -> _Adapter:
        return _Adapter(request, self)


def callback_url(provider_id: str) -> str:
    """The redirect URI to register at the provider; each provider has its own (RFC 9700, 2.1)."""
    path = reverse("account_proved", kwargs={"provider_id": provider_id})
    return f"{settings.SITE_URL}{path}"


def _app(provider: dict[str, Any]) -> SocialApp:
    """What allauth wants to know of a provider; it is in no table."""
    return SocialApp(
        provider="openid_connect",
        provider_id=provider["id"],
        name=provider["name"],
        client_id=provider["client_id"],
        secret=provider.get("secret", ""),
        settings={name: provider[name] for name in _ALLAUTH if name in provider},
    )


def _unproved(provider: dict[str, Any], error: Exception) -> AccountUnproved:
    # Only the error's kind: its text may carry a token.
    log.warning("account_unproved", provider=provider["id"], error=type(error).__name__)
    return AccountUnproved()
