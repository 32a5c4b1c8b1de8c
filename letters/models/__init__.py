from letters.models.coalition import Coalition, Membership, Role
from letters.models.letter import Letter, LetterStatus, OptionalField, ReviewPolicy
from letters.models.office import Channel, Office, PageSize
from letters.models.user import User
from letters.models.version import ChangeKind, Translation, Version

__all__ = [
    "ChangeKind",
    "Channel",
    "Coalition",
    "Letter",
    "LetterStatus",
    "Membership",
    "Office",
    "OptionalField",
    "PageSize",
    "ReviewPolicy",
    "Role",
    "Translation",
    "User",
    "Version",
]
