"""Each rule of an office, held against the measured dossier: passed, failed, or not checkable.

The office's rules are those frozen with the delivery; what it does not say is not guessed.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from deliveries.models.file import file_name
from deliveries.preflight.consent import still_named
from deliveries.preflight.findings import Dossier, Finding, Outcome, facts_of
from letters.deadline import frozen_deadline

# Of the whole mail, as servers count it: a convention among them. An office's own rule goes before
# it (OFFICES: “generic: by email”).
DEFAULT_TOTAL_BYTES = 10_000_000
# In pt, at 72 to the inch.
PAPERS = {"letter": (612.0, 792.0), "a4": (595.3, 841.9)}
MANY = 5
OURS = gettext_lazy("This is a fault of ours: please report it, with the delivery’s number.")

Findings = Iterator[Finding]


def judge(dossier: Dossier) -> list[Finding]:
    """All findings, what stands in the way first."""
    rules = RULES_OF_DELIVERIES if dossier.unread else RULES
    found = [finding for rule in rules for finding in rule(dossier)]
    order = [*Outcome]
    return sorted(found, key=lambda finding: order.index(finding.outcome))


def _settled(rule: str, wrong: object, found: str, mend: str) -> Finding:
    if wrong:
        return Finding(rule, Outcome.FAILED, found, mend)
    return Finding(rule, Outcome.PASSED, found)


def _unsaid(dossier: Dossier, rule: str, name: str) -> Finding:
    """What to say of a rule (`name`) without a value: not known, or none for this letter."""
    if name in dossier.waived:
        source = dossier.rules["override_source"]
        return Finding(rule, Outcome.NOT_ASKED, _("Does not apply to this letter: %s") % source)
    return Finding(rule, Outcome.UNKNOWN, _("The office does not say."))


def mailed_bytes(size: int) -> int:
    """How large a file is in a mail: lines of 76 characters of base64 (RFC 2045) for 57 bytes."""
    return -(-size // 57) * 78


def unread(dossier: Dossier) -> Findings:
    """Files that could not be read back; what stands in them is not judged until they can."""
    for file in dossier.unread:
        if file.is_given_up:
            state = _("Tried %(count)s times, and not tried any more.") % {"count": file.readings}
        else:
            state = _("It is tried again by itself in some minutes.")
        mend = _(
            "Whoever runs this installation finds the cause (a full disk, a file that was damaged, "
            "Poppler not installed) and has it read again. Where the file itself is damaged, "
            "freeze a new delivery: its files are made anew."
        )
        yield Finding(
            _("%s can be read back") % file.name,
            Outcome.FAILED,
            file.reading_error,
            f"{state} {mend}",
        )
    yield Finding(_("What stands in the files"), Outcome.UNKNOWN, _("Looked at once all are read."))


def most_mailed(rules: dict[str, Any]) -> int | None:
    """How large a mail the office takes; None where it said that there is no such limit."""
    if "max_total_bytes" in rules.get("waived", ()):
        return None
    most: int = rules["max_total_bytes"] or DEFAULT_TOTAL_BYTES
    return most


def address(dossier: Dossier) -> Findings:
    if dossier.rules["channel"] == "email":
        yield _settled(
            _("The office has a mail address"),
            not dossier.rules["email"],
            dossier.rules["email"],
            _("Hand the files over another way and record it, or ask an operator for the address."),
        )


def deadline(dossier: Dossier) -> Findings:
    rule = _("Before the deadline")
    closing = frozen_deadline(dossier.rules, dossier.now)
    if closing is None:
        yield _unsaid(dossier, rule, "deadline_at")
    elif closing.is_past:
        mend = _("The office may not read it any more. Ask it, or choose another office.")
        yield Finding(rule, Outcome.WARNING, closing.words, mend)
    else:
        yield Finding(rule, Outcome.PASSED, closing.words)


def pages(dossier: Dossier) -> Findings:
    most = dossier.rules["max_pages"]
    rule = _("Pages of the letter")
    if most is None:
        yield _unsaid(dossier, rule, "max_pages")
        return
    count = facts_of(dossier.letter)["pages"]
    annexes = sum(facts_of(file)["pages"] for file in dossier.files) - count
    mend = _(
        "Shorten the text: its lists of names are as short, and its lines as close, as they go."
    )
    if dossier.rules.get("annexes_count"):
        if count <= most:
            mend = _(
                "The letter alone fits; its annexes count, too (pages: %(pages)s). Ask the "
                "office to take them as a link or by other means, or whether they need not count, "
                "and write its answer down as this letter’s own rule."
            ) % {"pages": annexes}
        count += annexes
    yield _settled(
        rule,
        count > most,
        _("%(found)s of at most %(most)s") % {"found": count, "most": most},
        mend,
    )
    if annexes and dossier.rules.get("annexes_count") is None:
        yield Finding(
            _("Pages of the roll"),
            Outcome.UNKNOWN,
            ngettext(
                "%(count)s page as an annex; the office does not say whether annexes count.",
                "%(count)s pages as an annex; the office does not say whether annexes count.",
                annexes,
            )
            % {"count": annexes},
        )


def type_size(dossier: Dossier) -> Findings:
    least = dossier.rules["min_type_pt"]
    rule = _("Smallest type")
    if least is None:
        yield _unsaid(dossier, rule, "min_type_pt")
        return
    smallest = min(facts_of(file)["smallest_pt"] for file in dossier.files)
    yield _settled(
        rule,
        smallest < float(least),
        _("%(found)s pt of at least %(least)s pt") % {"found": f"{smallest:g}", "least": least},
        str(OURS),
    )


def paper(dossier: Dossier) -> Findings:
    size = dossier.rules["page_size"]
    wide, high = PAPERS[size]

    def wrong(facts: dict[str, Any]) -> bool:
        return any(abs(box[0] - wide) > 1 or abs(box[1] - high) > 1 for box in facts["page_sizes"])

    yield _settled(
        _("Paper"),
        names := dossier.named(wrong),
        names or {"letter": _("US Letter"), "a4": "A4"}[size],
        str(OURS),
    )


def weight(dossier: Dossier) -> Findings:
    rules = dossier.rules
    rule = _("Size of each file")
    if rules["max_file_bytes"]:
        largest = max(file.bytes for file in dossier.files)
        found = _at_most(largest, rules["max_file_bytes"])
        yield _too_much(dossier, rule, largest > rules["max_file_bytes"], found)
    else:
        yield _unsaid(dossier, rule, "max_file_bytes")
    if rules["channel"] == "email":
        rule = _("Size of the mail")
        most = most_mailed(rules)
        if most is None:
            yield _unsaid(dossier, rule, "max_total_bytes")
            return
        total = sum(mailed_bytes(file.bytes) for file in dossier.files)
        yield _too_much(dossier, rule, total > most, _at_most(total, most))


def _too_much(dossier: Dossier, rule: str, over: bool, found: str) -> Finding:
    """What is too much for a mail goes as a link; where people upload, nothing takes its place."""
    if over and dossier.rules["channel"] == "email":
        mend = _("What does not fit goes as a private link. Ask the office whether it opens links.")
        return Finding(rule, Outcome.WARNING, found, mend)
    return _settled(rule, over, found, _("Hand the files over another way."))


def _at_most(found: int, most: int) -> str:
    return _("%(found)s of at most %(most)s") % {
        "found": filesizeformat(found),
        "most": filesizeformat(most),
    }


def formats(dossier: Dossier) -> Findings:
    """All that is made for an office is PDF."""
    rule = _("File format")
    taken = dossier.rules.get("formats", "")
    if not taken:
        yield _unsaid(dossier, rule, "formats")
        return
    mend = _("Ask the office for a way to hand over a PDF.")
    yield _settled(rule, "pdf" not in taken.casefold(), _("PDF, of: %s") % taken, mend)


def names_submitter(dossier: Dossier) -> Findings:
    """Every file leaves under a name that begins with the coalition's."""
    if dossier.rules.get("names_submitter"):
        names = ", ".join(file_name(dossier.delivery, file.name) for file in dossier.files)
        yield Finding(_("File names name the submitter"), Outcome.PASSED, names)


def number_of_files(dossier: Dossier) -> Findings:
    most = dossier.rules["max_files"]
    rule = _("Number of files")
    if most is None:
        yield _unsaid(dossier, rule, "max_files")
        return
    found = _("%(found)s of at most %(most)s") % {"found": len(dossier.files), "most": most}
    yield _too_much(dossier, rule, len(dossier.files) > most, found)


def statement(dossier: Dossier) -> Findings:
    if dossier.delivery.required_statement:
        yield _settled(
            _("The statement that the office requires stands in the letter"),
            not facts_of(dossier.letter)["says_statement"],
            "",
            str(OURS),
        )
    elif "required_statement" in dossier.waived:
        yield _unsaid(dossier, _("Statement to include"), "required_statement")


def submitter(dossier: Dossier) -> Findings:
    yield _settled(
        _("The letter names who submits it"),
        not facts_of(dossier.letter)["says_submitter"],
        dossier.delivery.letter.coalition.name,
        str(OURS),
    )


def subject(dossier: Dossier) -> Findings:
    wanted = dossier.rules["subject_includes"]
    if wanted:
        yield _settled(
            _("Subject"),
            wanted.casefold() not in dossier.delivery.subject.casefold(),
            dossier.delivery.subject,
            _("The subject has to include “%s”.") % wanted,
        )
    elif "subject_includes" in dossier.waived:
        yield _unsaid(dossier, _("Subject"), "subject_includes")


def open_to_all(dossier: Dossier) -> Findings:
    """Machine-readable: not locked, with real text."""
    yield _settled(
        _("Not encrypted"),
        names := dossier.named(lambda facts: facts["encrypted"]),
        names,
        str(OURS),
    )
    yield _settled(
        _("Real text, with its fonts embedded"),
        names := dossier.named(lambda facts: facts["fonts_outside"] or not facts["characters"]),
        names,
        str(OURS),
    )
    yield _settled(
        _("Accessible: tagged, with title and language (PDF/UA-1)"),
        names := dossier.named(
            lambda facts: (
                not (facts["tagged"] and facts["ua"] == 1 and facts["title"] and facts["language"])
            )
        ),
        names,
        str(OURS),
    )


def every_name(dossier: Dossier) -> Findings:
    """The text of the files, read back, has everybody who is to be named, and every character."""
    count, names = _named_in(dossier, "absent")
    rule = _("Every name can be read back from the files, in order")
    yield _settled(rule, count, names, str(OURS))
    yield from _reordered(dossier)
    yield _settled(
        _("No character is missing from the fonts"),
        names := dossier.named(lambda facts: facts["unprintable"]),
        names,
        _("Install a font that has it on the server (make run installs Noto), and freeze anew."),
    )


def _reordered(dossier: Dossier) -> Findings:
    """Whom a search in the files may miss, although everybody can read the name."""
    count, names = _named_in(dossier, "reordered")
    if count:
        yield Finding(
            _("Names copy out letter for letter"),
            Outcome.WARNING,
            names,
            _(
                "These names can be read, but a program that copies text may order their letters "
                "differently."
            ),
        )


def _named_in(dossier: Dossier, fact: str) -> tuple[int, str]:
    """How many names of all files, and the first. What was measured before this was has none."""
    facts = [facts_of(file) for file in dossier.files]
    names = [name for each in facts for name in each.get(fact, ())]
    count = sum(each.get(f"{fact}_count", 0) for each in facts)
    more = f" (+{count - MANY})" if count > MANY else ""
    return count, ", ".join(names[:MANY]) + more


# What is known without looking into a file.
RULES_OF_DELIVERIES: Sequence[Callable[[Dossier], Findings]] = (
    *(unread, address, deadline, formats, weight, number_of_files, names_submitter, subject),
    still_named,
)
RULES = (
    *(address, deadline, pages, type_size, paper, formats, weight, number_of_files),
    *(names_submitter, statement, submitter, subject, open_to_all, every_name, still_named),
)
