from signatories.models.mark import Mark
from signatories.models.organisation import Organisation
from signatories.models.signature import Capacity, RejectionReason, Signature, Source, Status
from signatories.models.tally import Tally

__all__ = [
    "Capacity",
    "Mark",
    "Organisation",
    "RejectionReason",
    "Signature",
    "Source",
    "Status",
    "Tally",
]
