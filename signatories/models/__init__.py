from signatories.models.choices import Capacity, RejectionReason, Source, Status
from signatories.models.featured import FeaturedGroup
from signatories.models.mark import Mark
from signatories.models.organisation import Organisation
from signatories.models.paper import PaperCount
from signatories.models.signature import Signature
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
