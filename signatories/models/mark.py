from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Mark(models.TextChoices):
    """What is known of a signature beyond a confirmed address; shown as a sign beside the name."""

    WORK_DOMAIN = "work_domain", _("Work address")
    GUILD_CODE = "guild_code", _("Guild member")
    INVITATION = "invitation", _("Invited")
    OPENID = "openid", _("Linked account")
    VOUCHED = "vouched", _("Vouched for")
    IMPORTED = "imported", _("Imported")

    @classmethod
    def offered(cls) -> list[Mark]:
        """Those that a signature can get on this installation."""
        return [mark for mark in cls if mark != cls.OPENID or settings.OPENID_PROVIDERS]

    @property
    def sign(self) -> str:
        """One character. Not a dagger: beside a name it says that the person has died."""
        return _SIGNS[self.value]

    @property
    def meaning(self) -> str | Promise:
        """What exactly was proved, in a sentence for the legend."""
        return _MEANINGS[self.value]


_SIGNS = {
    "work_domain": "■",
    "guild_code": "◆",
    "invitation": "▲",
    "openid": "●",
    "vouched": "✓",
    "imported": "¶",
}
_MEANINGS: dict[str, str | Promise] = {
    "work_domain": _("confirmed from a mail address of the organisation named"),
    "guild_code": _("entered a one-time code that a guild gave to its members"),
    "invitation": _("the organisers invited this person at the address that confirmed"),
    "openid": _("logged in at an account service that the organisers trust"),
    "vouched": _("an organiser knows this person and says so"),
    "imported": _("agreed elsewhere and was entered by the organisers, who keep a record of it"),
}
