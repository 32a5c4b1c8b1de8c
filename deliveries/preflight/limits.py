"""An office's rules that the delivery's rows answer, without a look into the files."""

from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from deliveries.models.file import file_name
from deliveries.preflight.findings import (
    Dossier,
    Finding,
    Findings,
    Outcome,
    settled,
    unsaid,
)
from letters.deadline import frozen_deadline

# Of the whole mail, as servers count it: a convention among them. An office's own rule goes before
# it (OFFICES: “generic: by email”).
DEFAULT_TOTAL_BYTES = 10_000_000


def mailed_bytes(size: int) -> int:
    """How large a file is in a mail: lines of 76 characters of base64 (RFC 2045) for 57 bytes."""
    return -(-size // 57) * 78


def most_mailed(rules: dict[str, Any]) -> int | None:
    """How large a mail the office takes; None where it said that there is no such limit."""
    if "max_total_bytes" in rules.get("waived", ()):
        return None
    most: int = rules["max_total_bytes"] or DEFAULT_TOTAL_BYTES
    return most


def address(dossier: Dossier) -> Findings:
    if dossier.rules["channel"] == "email":
        yield settled(
            _("The office has a mail address"),
            not dossier.rules["email"],
            dossier.rules["email"],
            _("Hand the files over another way and record it, or ask an operator for the address."),
        )


def deadline(dossier: Dossier) -> Findings:
    rule = _("Before the deadline")
    closing = frozen_deadline(dossier.rules, dossier.now)
    if closing is None:
        yield unsaid(dossier, rule, "deadline_at")
    elif closing.is_past:
        mend = _("The office may not read it any more. Ask it, or choose another office.")
        yield Finding(rule, Outcome.WARNING, closing.words, mend)
    else:
        yield Finding(rule, Outcome.PASSED, closing.words)


def formats(dossier: Dossier) -> Findings:
    """All that is made for an office is PDF."""
    rule = _("File format")
    taken = dossier.rules.get("formats", "")
    if not taken:
        yield unsaid(dossier, rule, "formats")
        return
    mend = _("Ask the office for a way to hand over a PDF.")
    yield settled(rule, "pdf" not in taken.casefold(), _("PDF, of: %s") % taken, mend)


def weight(dossier: Dossier) -> Findings:
    rules = dossier.rules
    rule = _("Size of each file")
    if rules["max_file_bytes"]:
        largest = max(file.bytes for file in dossier.files)
        found = _at_most(largest, rules["max_file_bytes"])
        yield _too_much(dossier, rule, largest > rules["max_file_bytes"], found)
    else:
        yield unsaid(dossier, rule, "max_file_bytes")
    if rules["channel"] == "email":
        rule = _("Size of the mail")
        most = most_mailed(rules)
        if most is None:
            yield unsaid(dossier, rule, "max_total_bytes")
            return
        total = sum(mailed_bytes(file.bytes) for file in dossier.files)
        yield _too_much(dossier, rule, total > most, _at_most(total, most))


def _too_much(dossier: Dossier, rule: str, over: bool, found: str) -> Finding:
    """What is too much for a mail goes as a link; where people upload, nothing takes its place."""
    if over and dossier.rules["channel"] == "email":
        mend = _("What does not fit goes as a private link. Ask the office whether it opens links.")
        return Finding(rule, Outcome.WARNING, found, mend)
    return settled(rule, over, found, _("Hand the files over another way."))


def _at_most(found: int, most: int) -> str:
    return _("%(found)s of at most %(most)s") % {
        "found": filesizeformat(found),
        "most": filesizeformat(most),
    }


def number_of_files(dossier: Dossier) -> Findings:
    most = dossier.rules["max_files"]
    rule = _("Number of files")
    if most is None:
        yield unsaid(dossier, rule, "max_files")
        return
    found = _("%(found)s of at most %(most)s") % {"found": len(dossier.files), "most": most}
    yield _too_much(dossier, rule, len(dossier.files) > most, found)


def names_submitter(dossier: Dossier) -> Findings:
    """Every file leaves under a name that begins with the coalition's."""
    if dossier.rules.get("names_submitter"):
        names = ", ".join(file_name(dossier.delivery, file.name) for file in dossier.files)
        yield Finding(_("File names name the submitter"), Outcome.PASSED, names)


def subject(dossier: Dossier) -> Findings:
    wanted = dossier.rules["subject_includes"]
    if wanted:
        yield settled(
            _("Subject"),
            wanted.casefold() not in dossier.delivery.subject.casefold(),
            dossier.delivery.subject,
            _("The subject has to include “%s”.") % wanted,
        )
    elif "subject_includes" in dossier.waived:
        yield unsaid(dossier, _("Subject"), "subject_includes")
