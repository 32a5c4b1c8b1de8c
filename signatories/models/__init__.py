from signatories.models.featured import FeaturedGroup
from signatories.models.mark import Mark
from signatories.models.organisation import Organisation
from signatories.models.paper import PaperCount
from signatories.models.signature import Capacity, RejectionReason, Signature, Source, Status
from signatories.models.tally import Tally

__all__ = [
    "Capacity",
    "FeaturedGroup",
    "Mark",
    "Organisation",
    "PaperCount",
    "RejectionReason",
    "Signature",
    "Source",
    "Status",
    "Tally",
]
