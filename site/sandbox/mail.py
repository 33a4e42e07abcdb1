"""The demo's mailbox: every mail becomes a file that the web and the worker process share."""

import email
import email.policy
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage as ParsedMessage
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

#: More than this is of no use to anybody in a demo.
KEEP = 2000


def folder() -> Path:
    """Return where the mails lie, made if absent."""
    path: Path = settings.DATA / "mail"
    path.mkdir(parents=True, exist_ok=True)
    return path


class InboxBackend(BaseEmailBackend):
    """Django mail backend that writes one .eml file per mail."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store the mails; returns how many."""
        for message in email_messages:
            name = f"{time.time_ns():020d}-{os.getpid()}-{os.urandom(3).hex()}.eml"
            partial = folder() / f".{name}"
            content: Any = message.message()  # Django's own class, which knows `linesep`
            partial.write_bytes(content.as_bytes(linesep="\r\n"))
            partial.rename(folder() / name)
        return len(email_messages)


@dataclass(frozen=True, kw_only=True)
class InboxMail:
    """One received mail, as people and tests read it."""

    key: str
    to: list[str]
    subject: str
    text: str
    html: str
    attachments: list[str]
    sent_at: datetime


def _body(message: ParsedMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""


def read(path: Path) -> InboxMail:
    """Parse one stored mail."""
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    receivers = [address for _name, address in getaddresses(message.get_all("to", []))]
    date = message["date"]
    return InboxMail(
        key=path.stem,
        to=receivers,
        subject=str(message["subject"] or ""),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=[part.get_filename() or "" for part in message.iter_attachments()],
        sent_at=parsedate_to_datetime(str(date)) if date else datetime.now(tz=UTC),
    )


def inbox(address: str = "") -> Iterator[InboxMail]:
    """Yield the mails to an address (all without one), newest first."""
    wanted = address.strip().lower()
    for path in sorted(folder().glob("[0-9]*.eml"), reverse=True)[:KEEP]:
        mail = read(path)
        if not wanted or wanted in (receiver.lower() for receiver in mail.to):
            yield mail
