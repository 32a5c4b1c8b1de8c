from deliveries.models.delivery import Delivery, DeliveryStatus, Sends
from deliveries.models.dispatch import Dispatch, DispatchStatus, Method
from deliveries.models.entry import DeliveryEntry, EntryKind
from deliveries.models.file import DossierFile
from deliveries.models.link import DossierLink
from deliveries.models.piece import DeliveryPiece, PieceKind, PieceStatus
from deliveries.models.seal import Seal, SealStatus

__all__ = [
    "Delivery",
    "DeliveryEntry",
    "DeliveryPiece",
    "DeliveryStatus",
    "Dispatch",
    "DispatchStatus",
    "DossierFile",
    "DossierLink",
    "EntryKind",
    "Method",
    "PieceKind",
    "PieceStatus",
    "Seal",
    "SealStatus",
    "Sends",
]
