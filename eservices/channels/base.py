"""What a channel for official documents is for the product."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """For whom a document is: a citizen by national number or an enterprise by its number; a `repr` shows neither."""

    national_number: str = field(default="", repr=False)
    enterprise_number: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class OutgoingDocument:
    """One file of a message."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class OutgoingMessage:
    """A message to publish; `idempotency_key` makes sending it twice send it once."""

    idempotency_key: UUID
    recipient: Recipient
    subjects: Mapping[str, str]
    documents: Sequence[OutgoingDocument] = ()


class ChannelUnavailable(Exception):
    """The channel does not answer, or not in time: try again with the same key."""


class ChannelRefused(Exception):
    """The channel will never take this message as it is; `reason` is a short code without personal data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DocumentChannel(Protocol):
    """One way to deliver official documents."""

    def has_consent(self, recipient: Recipient) -> bool:
        """Whether the person receives documents by this channel; raises ChannelUnavailable, ChannelRefused."""

    def send(self, message: OutgoingMessage) -> str:
        """Publish a message and return its id there; the same key again returns the same id.

        Raises ChannelUnavailable, ChannelRefused.
        """
