from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Where a signature stands. Only `counted` is ever public."""

    UNCONFIRMED = "unconfirmed", _("Unconfirmed")
    REPEATED = "repeated", _("Repeated")
    HELD = "held", _("Held")
    COUNTED = "counted", _("Counted")
    ASKED = "asked", _("Asked to sign the new text")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# What a signature that stands is: it counts, or may once a moderator has looked.
STANDING = (Status.COUNTED, Status.HELD)
# What may still be withdrawn: it stands, or would by signing the new text.
WITHDRAWABLE = (*STANDING, Status.ASKED)


class Capacity(models.TextChoices):
    PERSONAL = "personal", _("For myself")
    ORGANISATION = "organisation", _("On behalf of an organisation")


class RejectionReason(models.TextChoices):
    FAKE = "fake", _("Not a real signatory")
    IMPOSTOR = "impostor", _("Somebody else’s name")
    DUPLICATE = "duplicate", _("Signed already under another address")
    ABUSE = "abuse", _("Abusive content")
    UNSUITABLE = "unsuitable", _("Does not belong on this letter")
    OTHER = "other", _("Other")


class Source(models.TextChoices):
    WEB = "web", _("Sign form")
    INVITATION = "invitation", _("Personal invitation")
    IMPORT = "import", _("Import")
