"""Signed tokens for links in mails. A token carries an id and its purpose, nothing personal."""

from datetime import timedelta

from django.core import signing


class TokenError(Exception):
    """The token is not one of ours, or not for this purpose."""


class TokenExpired(TokenError):
    """The token was ours and is too old; `value` is what it carried."""

    def __init__(self, value: str) -> None:
        super().__init__("expired")
        self.value = value


def make_token(purpose: str, value: str) -> str:
    """A URL-safe token that binds `value` to `purpose` and to now."""
    return signing.TimestampSigner(salt=f"coalition.{purpose}").sign(value).replace(":", ".")


def read_token(purpose: str, token: str, max_age: timedelta | None = None) -> str:
    """The value of a token made for `purpose`.

    Raises TokenExpired where it is older than `max_age`, TokenError where it is forged or for
    another purpose. Values must not contain “.” or “:”.
    """
    signer = signing.TimestampSigner(salt=f"coalition.{purpose}")
    signed = token.replace(".", ":")
    try:
        return signer.unsign(signed, max_age=max_age)
    except signing.SignatureExpired:
        raise TokenExpired(signer.unsign(signed)) from None
    except signing.BadSignature:
        raise TokenError("not a token for this purpose") from None


def make_lasting_token(purpose: str, value: str) -> str:
    """A URL-safe token that binds `value` to `purpose` and is the same whenever it is made; what it
    names says whether it still holds."""
    return signing.Signer(salt=f"coalition.{purpose}").sign(value).replace(":", ".")


def read_lasting_token(purpose: str, token: str) -> str:
    """The value of a token of `make_lasting_token`. Raises TokenError."""
    try:
        return signing.Signer(salt=f"coalition.{purpose}").unsign(token.replace(".", ":"))
    except signing.BadSignature:
        raise TokenError("not a token for this purpose") from None
