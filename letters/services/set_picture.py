"""A letter gets a picture, another one, or none."""

from pathlib import Path

from django.conf import settings
from django.db import transaction

from common.pictures import BUDGETS
from common.pictures import Picture as Made
from letters.models import Letter, Picture, Role, User
from letters.services.check_member import check_member
from letters.services.current_letter import forget
from letters.services.record import record


def picture_path(digest: str, width: int) -> Path:
    return Path(settings.MEDIA_ROOT) / "pictures" / f"{digest}-{width}.webp"


def set_picture(*, letter: Letter, made: Made | None, alt: str, actor: User) -> None:
    """`made` is None where only the words for it change. The files are written first: a row never
    names one that is not there. Raises RoleEnded; no file is written then."""
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.EDITOR)
        if made is not None:
            _write(made)
        locked = Letter.objects.select_for_update().get(pk=letter.pk)
        before = Picture.objects.filter(letter=locked).first()
        if made is None:
            if before is None or before.alt == alt:
                return
            Picture.objects.filter(pk=before.pk).update(alt=alt)
        else:
            Picture.objects.update_or_create(
                letter=locked,
                defaults={
                    "digest": made.digest,
                    "width": made.width,
                    "height": made.height,
                    "alt": alt,
                    "uploaded_by": actor,
                },
            )
        digest = made.digest if made else before.digest if before else ""
        record(locked, actor, "picture", after={"digest": digest, "alt": alt})
        if before is not None:
            _drop_unused(before.digest)
    forget(letter.slug)


def remove_picture(*, letter: Letter, actor: User) -> None:
    """Raises RoleEnded."""
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.EDITOR)
        locked = Letter.objects.select_for_update().get(pk=letter.pk)
        picture = Picture.objects.filter(letter=locked).first()
        if picture is None:
            return
        picture.delete()
        record(locked, actor, "no_picture", before={"digest": picture.digest, "alt": picture.alt})
        _drop_unused(picture.digest)
    forget(letter.slug)


def _write(made: Made) -> None:
    for width, content in made.files.items():
        path = picture_path(made.digest, width)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".part")
        partial.write_bytes(content)
        partial.rename(path)


def _drop_unused(digest: str) -> None:
    """Another letter may have the same picture."""

    def drop() -> None:
        if not Picture.objects.filter(digest=digest).exists():
            for width in BUDGETS:
                picture_path(digest, width).unlink(missing_ok=True)

    transaction.on_commit(drop)
