from verification.models.audit import DECISIONS, UNDOABLE, Action, AuditEntry, Change
from verification.models.bulk import BULK_ACTIONS, BulkAction, BulkItem, BulkState, SavedQuery
from verification.models.evidence import Evidence
from verification.models.guild import Guild, GuildCode
from verification.models.import_run import ImportMethod, ImportRun, ImportStatus
from verification.models.invitation import Invitation
from verification.models.mail import SentMail
from verification.models.notice import VersionNotice
from verification.models.protection import Block, BlockKind, ProtectedName, block_digest
from verification.models.remark import Assignment, Remark
from verification.models.statistics import PageViews, Statistics
from verification.models.update import MailState, Update, UpdateMail, UpdateState, UpdateText

__all__ = [
    "BULK_ACTIONS",
    "DECISIONS",
    "UNDOABLE",
    "Action",
    "Assignment",
    "AuditEntry",
    "Block",
    "BlockKind",
    "BulkAction",
    "BulkItem",
    "BulkState",
    "Change",
    "Evidence",
    "Guild",
    "GuildCode",
    "ImportMethod",
    "ImportRun",
    "ImportStatus",
    "Invitation",
    "MailState",
    "PageViews",
    "ProtectedName",
    "Remark",
    "SavedQuery",
    "SentMail",
    "Statistics",
    "Update",
    "UpdateMail",
    "UpdateState",
    "UpdateText",
    "VersionNotice",
    "block_digest",
]
