"""A member who is removed while acting: every service that acts on a letter looks again."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

import letters.services
import verification.services
from letters.models import Coalition, Letter, Membership, Role
from letters.services.check_member import RoleEnded
from signatories.export import Export, Purpose
from signatories.models import Organisation, PaperCount
from tests.builders import a_coalition, a_letter, a_member, a_signature
from verification.models import (
    AuditEntry,
    BlockKind,
    BulkAction,
    Guild,
    ImportRun,
    ImportStatus,
    Invitation,
)

pytestmark = pytest.mark.django_db

# Owners' own services ask `lock_members_as_owner`, operators' the site of operators.
OF_OTHERS = {
    "appoint_owner",
    "change_coalition",
    "change_members",
    "change_office.add_office",
    "change_office.change_office",
    "create_coalition",
    "invite_member",
    "lock_members",
    "make_operator",
    "switch_account",
}
# What those do who have looked: `publish_drafts`, and everybody who writes into the log.
STEPS = {"publish_version", "change_text.change_text", "record"}


def members_services() -> Iterator[Any]:
    """Every function that a member acts through."""
    for room in (letters.services, verification.services):
        for found in pkgutil.iter_modules(room.__path__):
            module = import_module(f"{room.__name__}.{found.name}")
            for name, service in inspect.getmembers(module, inspect.isfunction):
                own = service.__module__ == module.__name__ and not name.startswith("_")
                acts = {"actor", "author"} & {*inspect.signature(service).parameters}
                known = {found.name, f"{found.name}.{name}"} & (OF_OTHERS | STEPS)
                if own and acts and not known:
                    yield pytest.param(service, id=f"{found.name}.{name}")


def things_of(letter: Letter, coalition: Coalition) -> dict[str, Any]:
    """What services ask for, by the names of their parameters."""
    run = ImportRun.objects.create(
        letter=letter, key="0" * 32, status=ImportStatus.CHECKED, language="en", bytes=0
    )
    return {
        "letter": letter,
        "coalition": coalition,
        "guild": Guild.objects.create(letter=letter, name="Guild", name_key="guild"),
        "organisation": Organisation.objects.create(letter=letter, name="Own", name_key="own"),
        "paper": PaperCount(letter=letter),
        "invitation": Invitation(letter=letter),
        "run": run,
        "bulk_id": BulkAction.objects.create(letter=letter, action="hold", filters={}).pk,
        "export": Export(letter, Purpose.WEB, ["name"]),
        "signature": a_signature(letter),
        "shape": run.shape,
        "kind": BlockKind.ADDRESS,
        "value": "ada@mail.example",
        "number": 1,
        "filters": {"q": "ada"},
        "typed": {"q": "ada"},
        "domain": "own.example",
        "file": SimpleUploadedFile("people.csv", b"Name,Email\nAda,ada@mail.example\n"),
        "file_format": "csv",
    }


@pytest.mark.parametrize("service", list(members_services()))
def test_who_lost_the_role_changes_nothing(
    service: Callable[..., Any], settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    letter = a_letter(coalition=a_coalition())
    viewer, removed = (a_member(letter.coalition, role) for role in (Role.VIEWER, Role.OWNER))
    Membership.objects.filter(user=removed).delete()
    things = things_of(letter, letter.coalition)
    wanted = {
        name: things.get(name)
        for name, parameter in inspect.signature(service).parameters.items()
        if parameter.default is inspect.Parameter.empty
    }
    for somebody in (viewer, removed):
        for name in {"actor", "author"} & set(wanted):
            wanted[name] = somebody
        with pytest.raises(RoleEnded):
            service(**wanted)
    assert not AuditEntry.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
