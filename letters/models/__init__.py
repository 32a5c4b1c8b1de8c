from letters.models.change import Change, ChangeEntry
from letters.models.coalition import Coalition, Membership, Role
from letters.models.draft import Draft, SetAside
from letters.models.letter import Letter, LetterStatus, OptionalField, ReviewPolicy
from letters.models.member_invitation import MemberInvitation
from letters.models.office import Channel, Office, PageSize
from letters.models.picture import Picture
from letters.models.rule_override import RuleOverride, effective_offices
from letters.models.session import Session
from letters.models.text import Text
from letters.models.user import User
from letters.models.version import ChangeKind, Translation, Version

__all__ = [
    "Change",
    "ChangeEntry",
    "ChangeKind",
    "Channel",
    "Coalition",
    "Draft",
    "Letter",
    "LetterStatus",
    "MemberInvitation",
    "Membership",
    "Office",
    "OptionalField",
    "PageSize",
    "Picture",
    "ReviewPolicy",
    "Role",
    "RuleOverride",
    "Session",
    "SetAside",
    "Text",
    "Translation",
    "User",
    "Version",
    "effective_offices",
]
