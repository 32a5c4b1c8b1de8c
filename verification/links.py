"""The links in mails to signatories, and the codes that they are shown."""

import base64
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from common.crypto import keyed_digest
from common.tokens import make_token, read_token
from letters.models import Letter, Translation
from signatories.models import Signature
from verification.models import Guild

CONFIRM = "confirm"
MANAGE = "manage"
THANKS = "thanks"
INVITED = "invited"
UNSUBSCRIBE = "unsubscribe"
GUILD = "guild"


def confirm_path(signature_id: int) -> str:
    return reverse("confirm", kwargs={"token": make_token(CONFIRM, str(signature_id))})


def confirm_url(signature_id: int) -> str:
    return f"{settings.SITE_URL}{confirm_path(signature_id)}"


def manage_path(signature_id: int) -> str:
    return reverse("manage", kwargs={"token": make_token(MANAGE, str(signature_id))})


def manage_url(signature_id: int) -> str:
    return _absolute("manage", token=make_token(MANAGE, str(signature_id)))


def new_text_url(signature_id: int) -> str:
    """Where the signatory signs a letter's new text."""
    return _absolute("new_text", token=make_token(MANAGE, str(signature_id)))


def changes_url(text: Translation, since: int) -> str:
    """The public page of what changed from version `since` to this text."""
    return f"{settings.SITE_URL}{text.url_of('changes', old=since, new=text.version.number)}"


def read_confirm_token(token: str) -> int:
    """The signature's id. Raises common.tokens.TokenExpired, TokenError."""
    age = timedelta(seconds=settings.CONFIRMATION_LINK_AGE)
    return int(read_token(CONFIRM, token, max_age=age))


def read_manage_token(token: str) -> int:
    """The signature's id; manage links do not expire. Raises common.tokens.TokenError."""
    return int(read_token(MANAGE, token))


def thanks_url(signature_id: int) -> str:
    return reverse("thanks", kwargs={"token": make_token(THANKS, str(signature_id))})


def read_thanks_token(token: str) -> int:
    """The signature's id. Raises common.tokens.TokenError."""
    return int(read_token(THANKS, token))


def invited_url(invitation_id: int) -> str:
    return _absolute("invited", token=make_token(INVITED, str(invitation_id)))


def read_invited_token(token: str) -> int:
    """The invitation's id; it works until it is revoked. Raises common.tokens.TokenError."""
    return int(read_token(INVITED, token))


def unsubscribe_url(signature_id: int) -> str:
    """Where the signatory gets no more updates, by a button or by the mail program's."""
    return _absolute("unsubscribe", token=make_token(UNSUBSCRIBE, str(signature_id)))


def read_unsubscribe_token(token: str) -> int:
    """The signature's id; the link does not expire. Raises common.tokens.TokenError."""
    return int(read_token(UNSUBSCRIBE, token))


def representative_path(guild: Guild) -> str:
    """The page of the guild's representative, while its link is open."""
    token = make_token(GUILD, f"{guild.pk}-{guild.link_key}")
    return reverse("representative", kwargs={"token": token})


def representative_url(guild: Guild) -> str:
    return f"{settings.SITE_URL}{representative_path(guild)}"


def read_guild_token(token: str) -> tuple[int, str]:
    """The guild's id and the key of the link. Raises common.tokens.TokenError."""
    guild_id, _, key = read_token(GUILD, token).partition("-")
    return int(guild_id), key


def public_places(signature: Signature, text: Translation) -> dict[str, str]:
    """Where anyone finds the signature: its own page, and itself on the roll. Empty if nowhere."""
    visible = Letter.objects.visible().filter(pk=signature.letter_id)
    if not (signature.is_public and visible.exists()):
        return {}
    search = urlencode({"q": signature.display_name})
    return {
        "entry_url": text.url_of("entry", public_id=signature.public_id),
        "on_roll_url": f"{text.url_of('roll')}?{search}",
    }


def verification_code(signature_id: int) -> str:
    """The code on a signatory's receipt, such as `K7QM-2XTA-9D`; only we can compute it."""
    text = base64.b32encode(keyed_digest("receipt", str(signature_id))).decode()[:10]
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


def _absolute(route: str, **kwargs: str) -> str:
    return f"{settings.SITE_URL}{reverse(route, kwargs=kwargs)}"
