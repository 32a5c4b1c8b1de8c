from verification.models.audit import DECISIONS, Action, AuditEntry
from verification.models.evidence import Evidence
from verification.models.guild import Guild, GuildCode
from verification.models.invitation import Invitation
from verification.models.mail import SentMail
from verification.models.notice import VersionNotice
from verification.models.protection import Block, BlockKind, ProtectedName, block_digest

__all__ = [
    "DECISIONS",
    "Action",
    "AuditEntry",
    "Block",
    "BlockKind",
    "Evidence",
    "Guild",
    "GuildCode",
    "Invitation",
    "ProtectedName",
    "SentMail",
    "VersionNotice",
    "block_digest",
]
