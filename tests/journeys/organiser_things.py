"""What the organisers' pages show: one of each kind, made in the running installation.

`Site.run` calls `main`, which prints ids and links of them by name, and sessions by person.
"""

from __future__ import annotations

import errno
import io
import json
import os
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import time_machine
from allauth.account.forms import default_token_generator
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from common.crypto import network_digest
from common.likeness import likeness
from common.pictures import make_picture
from deliveries import queue
from deliveries.models import Delivery, DeliveryStatus, PieceKind, PieceStatus
from deliveries.services.cancel_delivery import cancel_delivery
from deliveries.services.send_delivery import record_by_hand
from letters.models import ChangeEntry, ChangeKind, Coalition, Letter, Office, Role, User
from letters.services.create_letter import create_letter
from letters.services.draft_languages import add_language, begin_version
from letters.services.invite_member import invite_member
from letters.services.join_coalition import join_token
from letters.services.save_draft import save_draft, settle_conflict
from letters.services.set_picture import set_picture
from signatories.models import FeaturedGroup
from signatories.services.refresh_tallies import refresh_tallies
from tests.builders import a_letter, a_member, a_new_text, a_signature, a_user, an_invitation
from tests.deliveries.builders import a_delivery, an_office, made_ready
from tests.letters.test_picture import photograph
from verification.models import Action, AuditEntry, BulkAction, BulkState, ImportRun, PageViews
from verification.services.block_senders import block_sender, read_sender
from verification.services.check_work_domain import set_domain
from verification.services.count_paper import record_paper
from verification.services.decide_signatures import decide_signatures
from verification.services.import_people import check_import, upload_import
from verification.services.issue_guild_codes import add_guild, issue_guild_codes
from verification.services.link_representative import link_representative
from verification.services.protect_names import protect_names
from verification.services.refresh_statistics import refresh_statistics
from verification.services.remark import add_remark, assign_signatures
from verification.services.run_bulk_action import prepare_bulk_action
from verification.services.save_query import save_query
from verification.services.steer_update import send_update
from verification.services.work_on_import import work_on_import
from verification.services.write_update import Words, write_update

PASSWORD = "correct horse battery"
NETWORK = network_digest("203.0.113.7")
TEXT = {
    "title": "On thicker paper",
    "addressee": "To the Office of Paper",
    "body_markdown": "## What we ask\n\nWe ask for *thicker* paper.\n\n- soon\n- for all",
    "summary": "Thicker paper for all.",
    "share_text": "Sign for thicker paper.",
}
PEOPLE = b"""Name,E-mail,Role,Country
Nora Newcomer,nora@mail.example,Writer,France
No Address,,Painter,
Link Person,link@mail.example,see http://x.example,Germany
"""


@transaction.atomic
def main() -> None:
    queue._send = lambda task, ids, options: None  # nothing here is to be typeset
    coalition = Coalition.objects.create(slug="paper-people", name="The Paper People")
    owner = a_member(coalition, Role.OWNER, "owner@paper.example")
    operator = a_user("operator@paper.example", is_staff=True, is_superuser=True)
    TOTP.activate(operator, generate_totp_secret())
    RecoveryCodes.activate(operator)
    letter = a_letter("on-paper", coalition=coalition, goal=500)
    _new_text(coalition, owner)
    found = {
        **_signatures(letter, owner),
        **_gate(letter, owner),
        **_work(letter, owner),
        **_draft(coalition, owner),
        **_people(coalition, owner),
        "office": Office.objects.latest("pk").pk,
        "coalition": coalition.pk,
        "letter": letter.pk,
    }
    sessions = {
        "owner": _session(owner),
        "operator": _session(operator),
        "half": _half_way_in(operator),
        "keyholder": _session(a_user("keyholder@paper.example")),
    }
    print(json.dumps({"found": found, "sessions": sessions}))


def _signatures(letter: Letter, owner: User) -> dict[str, Any]:
    """Of every state, decided on, noted on, featured, counted, and asked anew by a second text."""
    alike: dict[str, Any] = {"network_digest": NETWORK, "signals": ["same_name", "burst"]}
    ada = a_signature(
        letter,
        "Ada Example",
        role_title="Writer",
        affiliation="The Paper Guild",
        country="FR",
        city="Lyon",
        comment="Paper matters.",
        marks=["work_domain"],
        consent_government=True,
        consent_updates=True,
        likeness=likeness("Ada Example"),
    )
    twin = a_signature(
        letter,
        "Áda Example",
        email="ada@other.example",
        status="held",
        likeness=likeness("Ada Example"),
        **alike,
    )
    for name in ("Mara Muster", "מיכל דוגמה", "Zoé de la Très-Longue-Exemplarité-Sans-Fin"):
        a_signature(letter, name, country="DE", role_title="Painter", featured_rank=len(name))
    a_signature(letter, "Rita Rep", organisation_name="Guild of Paper", consent_government=True)
    a_signature(letter, "Rob Rep", organisation_name="Bank of Ink", status="held")
    a_signature(letter, "Faked Person", status="rejected", **alike)
    a_signature(letter, "Gone Person", status="withdrawn")
    a_signature(letter, "One Waiting", status="unconfirmed")
    FeaturedGroup.objects.create(letter=letter, first_rank=1, headings={"en": "Writers"})
    membership = letter.coalition.memberships.get(user=owner)
    assign_signatures(letter=letter, signature_ids=[twin.pk], membership=membership, actor=owner)
    add_remark(letter=letter, signature=twin, text="Wrote to her publisher.", author=owner)
    seen = {twin.pk: twin.status}
    decide_signatures(letter=letter, seen=seen, action=Action.APPROVE, actor=owner)
    record_paper(
        letter=letter, number=120, collected_on=timezone.now().date(), note="At a fair", actor=owner
    )
    for days in range(20):
        day = timezone.now().date() - timedelta(days=days)
        PageViews.objects.create(letter=letter, day=day, source="news.example", number=9)
    refresh_tallies()
    refresh_statistics()
    return {"signature": ada.pk, "twin": twin.pk}


def _new_text(coalition: Coalition, owner: User) -> None:
    """A letter whose second text asks everybody anew, and whose third one is being written."""
    letter = a_letter("on-ink", coalition=coalition)
    for name in ("Ada Example", "Mara Muster"):
        a_signature(letter, name)
    a_new_text(letter, owner, ChangeKind.MATERIAL)
    letter.refresh_from_db()
    a_signature(letter, "Berta Example", consent_updates=True)
    begin_version(letter=letter, actor=owner)


def _gate(letter: Letter, owner: User) -> dict[str, Any]:
    """Protected names, blocks, evidence, saved queries and bulk decisions."""
    protect_names(letter=letter, names=["Famous Person", "名人"], whole_coalition=True, actor=owner)
    for sender in ("spam.example", "x@spam.example", "203.0.113.7"):
        kind, value = read_sender(sender)
        block_sender(letter=letter, kind=kind, value=value, note="A wave of fakes", actor=owner)
    organisation = letter.organisations.latest("pk")
    set_domain(organisation=organisation, domain="guild.example", actor=owner)
    guild = add_guild(letter=letter, name="Guild of Paper", actor=owner)
    issue_guild_codes(guild=guild, number=3, actor=owner)
    link_representative(guild=guild, limit=50, actor=owner)
    add_guild(letter=letter, name="Ink Makers", actor=owner)
    for name in ("Fran Founder", "Foa Founder"):
        an_invitation(letter, f"{name[:3]}@mail.example", name)
    typed = {"network": NETWORK.hex()}
    save_query(letter=letter, name="One network", typed=typed, actor=owner)
    bulks = [
        prepare_bulk_action(
            letter=letter,
            filters=typed,
            typed=typed,
            action=Action.HOLD,
            actor=owner,
            name="One network",
        ).pk
        for _ in range(2)
    ]
    half_done = BulkAction.objects.filter(pk=bulks[1])
    half_done.update(state=BulkState.PAUSED, progressed_at=timezone.now(), changed=1)
    return {"guild": guild.pk, "bulk": bulks[0], "bulk_paused": bulks[1]}


def _work(letter: Letter, owner: User) -> dict[str, Any]:
    """Imports, updates and deliveries."""
    imports = [_import(letter, owner) for _ in range(2)]
    run = ImportRun.objects.get(pk=imports[1])
    check_import(
        run=run,
        shape=run.shape,
        columns=run.columns,
        has_header=True,
        language="en",
        consents=["consent_web"],
        method="mail",
        evidence="",
        spoken="en",
        actor=owner,
    )
    work_on_import(run_id=run.pk)
    words = Words(subject="We were heard", body_markdown="The office **answered**.")
    updates = [
        write_update(letter=letter, update_id=None, seen=1, texts={"en": words}, actor=owner)
        for _ in range(2)
    ]
    at = timezone.now() + timedelta(days=1)
    send_update(letter=letter, update_id=updates[1].pk, seen=1, actor=owner, at=at)
    ready = made_ready(a_delivery(letter, an_office("office-of-ink")))
    handed = made_ready(a_delivery(letter, an_office("office-of-pens", name="Office of Pens")))
    record_by_hand(
        delivery=handed,
        docket="PENS-2026-0001",
        reference="PAPER-0001",
        handed_on=timezone.localdate(),
        actor=owner,
    )
    handed.files.filter(name="roll.pdf").update(
        facts=None,
        readings=4,
        reading_error="PdfError: roll.pdf: unable to find trailer dictionary",
    )
    return {
        "import": imports[0],
        "import_checked": run.pk,
        "update": updates[0].pk,
        "update_scheduled": updates[1].pk,
        "ready": ready.number,
        "delivery": ready.pk,
        "handed": handed.number,
        **_not_ready(letter, owner),
        "dispatch": handed.dispatches.get().pk,
    }


def _not_ready(letter: Letter, owner: User) -> dict[str, int]:
    """Numbers of deliveries without files, each to an office of its own."""
    made = {
        name: a_delivery(letter, an_office(f"office-{name}"))
        for name in ("typesetting", "failed", "stopped")
    }
    pieces = made["typesetting"].pieces
    pieces.exclude(kind=PieceKind.ROLL).update(
        status=PieceStatus.DONE, key="0" * 64, sha256="0" * 64
    )
    # So long nobody asks a worker for it.
    pieces.update(queued_at=timezone.now() + timedelta(days=1))
    Delivery.objects.filter(pk=made["failed"].pk).update(
        status=DeliveryStatus.FAILED, error=os.strerror(errno.ENOSPC)
    )
    cancel_delivery(delivery=made["stopped"], actor=owner)
    return {name: delivery.number for name, delivery in made.items()}


def _import(letter: Letter, owner: User) -> int:
    file = SimpleNamespace(name="people.csv", chunks=lambda: [PEOPLE])
    return upload_import(letter=letter, file=file, actor=owner).pk


def _draft(coalition: Coalition, owner: User) -> dict[str, Any]:
    """A letter that could be published, with a picture, a translation and a text set aside."""
    letter = create_letter(
        coalition=coalition,
        title=TEXT["title"],
        slug="a-draft",
        language="en",
        time_zone="Europe/Berlin",
        actor=owner,
    )
    draft = save_draft(letter=letter, language="en", base=1, texts=TEXT, actor=owner)
    other = {**TEXT, "title": "On much thicker paper"}
    settle_conflict(
        letter=letter, language="en", over=draft.revision, texts=other, mine=True, actor=owner
    )
    add_language(letter=letter, language="fr", actor=owner)
    add_language(letter=letter, language="ar", actor=owner)
    letter.offices.add(Office.objects.latest("pk"))
    Letter.objects.filter(pk=letter.pk).update(
        privacy_contact="privacy@paper.example", opens_at=timezone.now() + timedelta(days=9)
    )
    made = make_picture(io.BytesIO(photograph()))
    set_picture(letter=letter, made=made, alt="A stack of paper", actor=owner)
    return {}


def _people(coalition: Coalition, owner: User) -> dict[str, Any]:
    """Members, an invitation, and the links of the account's mails."""
    member = a_member(coalition, Role.MODERATOR, "moderator@paper.example")
    invited = invite_member(
        coalition=coalition,
        email="nora@paper.example",
        role=Role.EDITOR,
        language="en",
        actor=owner,
    )
    address = EmailAddress.objects.create(user=member, email="mo@paper.example")
    return {
        "user": member.pk,
        "changeentry": ChangeEntry.objects.latest("pk").pk,
        "auditentry": AuditEntry.objects.latest("pk").pk,
        "invitation": join_token(invited),
        "address_key": EmailConfirmationHMAC(address).key,
        "password_key": f"{user_pk_to_url_str(owner)}-{default_token_generator.make_token(owner)}",
    }


def _session(user: User) -> str:
    """Of somebody who gives the password a moment after the last page."""
    client = Client()
    client.force_login(user)
    request = HttpRequest()
    request.session = client.session
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        record_authentication(request, user, method="password", reauthenticated=True)
    request.session["device"] = "Firefox, Linux"
    request.session["begun_at"] = timezone.now().isoformat()
    request.session.save()
    return str(request.session.session_key)


def _half_way_in(user: User) -> str:
    """A session that waits for the second step."""
    client = Client(SERVER_NAME="localhost")
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return str(client.session.session_key)
