"""The mailbox: what SMTP takes is a file, and the pages show it without trusting it."""

import asyncio
import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from coalition.embedded.services import free_port
from coalition.mailbox import server, store


@pytest.fixture
def mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty mailbox folder."""
    monkeypatch.setenv("VAR", str(tmp_path))
    folder = tmp_path / "mailbox"
    folder.mkdir()
    return folder


def a_mail(subject: str = "Confirm – héllo", **extra: str) -> EmailMessage:
    """A mail with a text, an HTML part and an attachment."""
    mail = EmailMessage()
    mail["Subject"] = subject
    mail["From"] = "Letters <letters@coalition.example>"
    mail["To"] = "ada@example.org"
    for name, value in extra.items():
        mail[name] = value
    mail.set_content("Open https://letters.example/confirm/abc\n<b>not bold</b>\n")
    mail.add_alternative("<p>Hello <script>alert(1)</script></p>", subtype="html")
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="lettre é.pdf")
    return mail


def keep(mailbox: Path, mail: EmailMessage, *recipients: str) -> str:
    """Save a mail as the catcher does and return its name."""
    path = store.save_message(
        mailbox,
        sender="bounce@coalition.example",
        recipients=list(recipients or ("ada@example.org",)),
        content=mail.as_bytes(),
    )
    return path.stem


@pytest.fixture
def catcher(mailbox: Path) -> Iterator[int]:
    """The SMTP server of `coalition.mailbox`, in a thread; its port."""
    port = free_port()
    loop = asyncio.new_event_loop()
    # Signals reach only the main thread; the thread's loop is stopped from here instead.
    loop.add_signal_handler = lambda *_: None  # type: ignore[method-assign]
    task = loop.create_task(server.serve("127.0.0.1", port, mailbox, mailbox.parent / "refuse"))

    def run() -> None:
        try:
            loop.run_until_complete(task)
        except asyncio.CancelledError:
            pass

    thread = threading.Thread(target=run)
    thread.start()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.02)
    yield port
    loop.call_soon_threadsafe(task.cancel)
    thread.join(10)


def test_smtp_keeps_each_message_in_a_file_of_its_own(catcher: int, mailbox: Path) -> None:
    with smtplib.SMTP("127.0.0.1", catcher) as smtp:
        smtp.send_message(a_mail("One"), to_addrs=["ada@example.org", "hidden@example.org"])
        smtp.send_message(a_mail("Two"))
    names = store.message_names()
    assert [message.subject for message in store.read_headers(names)] == ["Two", "One"]
    assert store.read_message(names[1]).recipients == "ada@example.org, hidden@example.org"
    assert sorted(path.suffix for path in mailbox.iterdir()) == [".eml", ".eml"]


def test_smtp_refuses_while_the_drill_file_says_so(catcher: int, mailbox: Path) -> None:
    drill = mailbox.parent / "refuse"
    drill.write_text("552 5.3.4 Too big\n")
    with smtplib.SMTP("127.0.0.1", catcher) as smtp:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            smtp.send_message(a_mail())
        assert (refused.value.smtp_code, store.message_names()) == (552, [])
        drill.unlink()
        smtp.send_message(a_mail())
    assert len(store.message_names()) == 1


def test_smtp_refuses_a_message_over_the_limit(catcher: int) -> None:
    with smtplib.SMTP("127.0.0.1", catcher) as smtp:
        smtp.ehlo()
        assert smtp.esmtp_features["size"] == str(30 * 1024 * 1024)
        code, _ = smtp.docmd("MAIL", f"FROM:<a@example.org> SIZE={31 * 1024 * 1024}")
    assert code == 552


def test_list_shows_the_newest_first(client: Client, mailbox: Path) -> None:
    for subject in ("First", "Second"):
        keep(mailbox, a_mail(subject))
    page = client.get(reverse("mailbox:list")).content.decode()
    assert 0 < page.index("Second") < page.index("First")


def test_list_of_a_fresh_installation_is_empty(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAR", str(tmp_path / "nothing-here"))
    assert "No mail yet" in client.get(reverse("mailbox:list")).content.decode()


def test_list_finds_by_recipient_hidden_ones_too(client: Client, mailbox: Path) -> None:
    keep(mailbox, a_mail("For Grace"), "ada@example.org", "Grace@example.org")
    keep(mailbox, a_mail("For Ada"))
    page = client.get(reverse("mailbox:list"), {"to": "grace@"}).content.decode()
    assert ("For Grace" in page, "For Ada" in page) == (True, False)


def test_list_keeps_to_pages_and_the_search(client: Client, mailbox: Path) -> None:
    for number in range(51):
        keep(mailbox, a_mail(f"Number {number}"))
    first = client.get(reverse("mailbox:list"), {"to": "ada@"}).content.decode()
    assert first.count("Number ") == 50
    assert "?page=2&amp;to=ada%40" in first
    second = client.get(reverse("mailbox:list"), {"to": "ada@", "page": "2"}).content.decode()
    assert second.count("Number ") == 1


def test_message_shows_headers_links_and_no_markup_of_the_mail(
    client: Client, mailbox: Path
) -> None:
    name = keep(mailbox, a_mail())
    response = client.get(reverse("mailbox:message", args=[name]))
    page = response.content.decode()
    assert '<a href="https://letters.example/confirm/abc"' in page
    assert "&lt;b&gt;not bold" in page
    assert "alert(1)" not in page
    assert "frame-src 'self'" in response["Content-Security-Policy"]


def test_html_part_is_locked_in(client: Client, mailbox: Path) -> None:
    name = keep(mailbox, a_mail())
    response = client.get(reverse("mailbox:html", args=[name]))
    policy = response["Content-Security-Policy"]
    assert [
        rule for rule in ("default-src 'none'", "sandbox allow-popups") if rule not in policy
    ] == []
    assert "allow-scripts" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_attachment_is_a_download_whatever_it_says_it_is(client: Client, mailbox: Path) -> None:
    name = keep(mailbox, a_mail())
    response = client.get(reverse("mailbox:attachment", args=[name, 0]))
    assert b"".join(response) == b"%PDF-1.7"
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment;")
    assert client.get(reverse("mailbox:attachment", args=[name, 1])).status_code == 404


@pytest.mark.parametrize("name", ["..", "passwd", "../keys.json", "%2e%2e%2fkeys.json", "1" * 20])
def test_a_name_that_is_none_leads_nowhere(client: Client, mailbox: Path, name: str) -> None:
    (mailbox.parent / "keys.json").write_text("secret")
    (mailbox / "passwd.eml").write_text("secret")
    for path in (f"/mailbox/{name}/", f"/mailbox/{name}/html/", f"/mailbox/{name}/attachments/0/"):
        response = client.get(path)
        assert response.status_code == 404
        assert b"secret" not in response.content


def test_a_broken_message_is_shown_all_the_same(client: Client, mailbox: Path) -> None:
    path = store.save_message(
        mailbox,
        sender="a@example.org",
        recipients=["b@example.org"],
        content=b"Content-Type: text/plain; charset=nonsense\r\nSubject: =?x?\r\n\r\n\xff\x00\xfe",
    )
    assert client.get(reverse("mailbox:message", args=[path.stem])).status_code == 200
    assert client.get(reverse("mailbox:list")).status_code == 200


@pytest.mark.parametrize("view", ["list", "message"])
def test_pages_are_only_read(client: Client, mailbox: Path, view: str) -> None:
    arguments = [] if view == "list" else [keep(mailbox, a_mail())]
    assert client.post(reverse(f"mailbox:{view}", args=arguments)).status_code == 405


@pytest.mark.parametrize(
    "header",
    [
        b"To: \x00",
        b"To: <",
        b'To: "',
        b"To: a@[",
        b"From: =?utf-8?b?\xff?=",
        b"From: \xff\xfe <",
        b"Message-ID: <",
        b"Content-Type: text/plain; charset*=\x00''x",
        b"Content-Type: \x00",
        b"Content-Disposition: attachment; filename*=\x00''x",
        b"Content-Disposition: \x00",
    ],
)
def test_a_header_that_cannot_be_taken_apart_is_shown_as_it_is(
    client: Client, mailbox: Path, header: bytes
) -> None:
    content = header + b"\r\nSubject: Odd one\r\n\r\nHello"
    recipients = ["b@example.org"]
    path = store.save_message(mailbox, sender="a@b.example", recipients=recipients, content=content)
    for url in (reverse("mailbox:message", args=[path.stem]), reverse("mailbox:list")):
        response = client.get(url)
        assert (response.status_code, b"Odd one" in response.content) == (200, True)
    assert client.get(reverse("mailbox:html", args=[path.stem])).status_code == 200
