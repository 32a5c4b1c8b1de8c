"""Makes the sealed copies of a delivery's finished PDFs, once, beside the plain files."""

import hashlib
import json
import shutil
from functools import partial

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext

from common.languages import speak
from deliveries.models import Delivery, DossierFile, Seal, SealStatus
from deliveries.models.file import PDF, SEALS_FILE, sealed_name
from deliveries.print.child import PrintFailed
from deliveries.print.press import write_in_child
from deliveries.private_files import private_files
from deliveries.seal import write_seals
from deliveries.seal.certificate import Fault, SealUnusable, read_certificate, read_seal
from deliveries.services.request_seal import PATIENCE
from deliveries.services.seal_facts import seal_facts

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 5
_MOMENTS = ("sealed_at", "time_stamped_at")


class PlainFileChanged(Exception):
    """A plain file on the disk is not what was recorded, so it is not sealed."""


def seal_delivery(*, delivery_id: int) -> bool:
    """Seals the plain PDFs and records the copies; True where it did.

    Whoever comes second finds the row locked or the work done. The plain files are only read. A
    seal that cannot be used is recorded with its fault and changes nothing else; what may pass (a
    full disk, a child that died) is tried again.
    """
    if not _begin(delivery_id):
        return False
    with transaction.atomic():
        seal = _lock(delivery_id)
        if seal is None:
            return False
        try:
            _seal(seal)
        except SealUnusable as error:
            _failed(seal, error.fault)
            return False
        except (PrintFailed, PlainFileChanged, OSError) as error:
            log.warning("seal_failed", delivery=delivery_id, error=str(error))
            if seal.attempts >= MAX_ATTEMPTS:
                _failed(seal, Fault.BROKEN)
            return False
    return True


def _lock(delivery_id: int) -> Seal | None:
    return (
        Seal.objects.select_related("delivery__letter")
        .select_for_update(skip_locked=True, of=("self",))
        .filter(delivery=delivery_id, status=SealStatus.WAITING)
        .first()
    )


def _begin(delivery_id: int) -> bool:
    """Counts the attempt before it begins: what kills its workers fails in the end."""
    with transaction.atomic():
        seal = _lock(delivery_id)
        if seal is None:
            return False
        if seal.attempts >= MAX_ATTEMPTS:
            _failed(seal, Fault.BROKEN)
            return False
        Seal.objects.filter(pk=seal.pk).update(
            attempts=F("attempts") + 1, due_at=timezone.now() + PATIENCE
        )
    return True


def _failed(seal: Seal, fault: Fault) -> None:
    seal.status, seal.fault = SealStatus.FAILED, fault
    seal.save(update_fields=["status", "fault"])


@private_files()
def _seal(seal: Seal) -> None:
    """Raises SealUnusable, PrintFailed, PlainFileChanged, OSError."""
    delivery = seal.delivery
    content = read_seal()
    certificate = read_certificate(content, settings.SEAL_PASSPHRASE)
    work = delivery.folder / "sealing"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    plain = list(
        delivery.files.plain().filter(media_type=PDF, redacted_at__isnull=True).order_by("id")
    )
    with speak(delivery.language):
        reason = gettext("Unchanged since it was sealed as part of delivery %(number)s") % {
            "number": delivery.number
        }
    report = work / "report.json"
    write_in_child(
        partial(
            write_seals,
            pairs=[(file.path, work / sealed_name(file.name)) for file in plain],
            pkcs12=content,
            passphrase=settings.SEAL_PASSPHRASE,
            reason=reason,
            authority=settings.SEAL_TSA,
        ),
        report,
    )
    found = json.loads(report.read_text(encoding="utf-8"))
    for name, value in {**certificate.as_fields(), **found}.items():
        setattr(seal, name, parse_datetime(value) if name in _MOMENTS else value)
    seal.status = SealStatus.SEALED
    seal.fault = ""
    # Nobody takes a name out of the files meanwhile.
    Delivery.objects.select_for_update(no_key=True).get(pk=delivery.pk)
    if delivery.files.filter(pk__in=[file.pk for file in plain], redacted_at__isnull=False):
        raise PlainFileChanged("erased meanwhile")
    copies = [_describe(file) for file in plain]
    for copy in copies:
        (work / copy.name).replace(copy.path)
    seal.save()
    DossierFile.objects.bulk_create([*copies, _write_manifest(seal, copies)])
    shutil.rmtree(work)


def _describe(plain: DossierFile) -> DossierFile:
    """The sealed copy in the working folder as a dossier file. Raises PlainFileChanged where it
    does not begin with the file that was recorded."""
    name = sealed_name(plain.name)
    content = (plain.delivery.folder / "sealing" / name).read_bytes()
    if hashlib.sha256(content[: plain.bytes]).hexdigest() != plain.sha256:
        raise PlainFileChanged(plain.name)
    return DossierFile(
        delivery=plain.delivery,
        seals=plain,
        name=name,
        media_type=PDF,
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
        pages=plain.pages,
    )


def _write_manifest(seal: Seal, copies: list[DossierFile]) -> DossierFile:
    """The seals' own manifest: that of the plain files stays as it was."""
    content = json.dumps(seal_facts(seal, copies), ensure_ascii=False, indent=2).encode() + b"\n"
    file = DossierFile(
        delivery=seal.delivery,
        name=SEALS_FILE,
        media_type="application/json",
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
    )
    file.path.write_bytes(content)
    return file
