"""The federal e-Box as a Document Sender: consent first, then one message with its documents.

Written against the public documentation of the e-Box enterprise and citizen services ("Document Sender": POST
/ebox/messages, multipart with the part `messageToPublish`, header `Idempotency-Key`, 409 on a duplicate; federation
service: POST /citizenEboxConsents/search). Never run against the real service: onboarding gives each sender its
certificate, its application id and the addresses.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from django.conf import settings

from eservices.channels.base import (
    ChannelRefused,
    ChannelUnavailable,
    DocumentChannel,
    OutgoingMessage,
    Recipient,
)

_GONE_WRONG_THERE = 500
_TRY_LATER = frozenset({401, 408, 425, 429})
_DUPLICATE = 409


@dataclass(frozen=True, kw_only=True)
class FederalEbox:
    """The client. `certificate` is a pair of paths (certificate, key) for mutual TLS; `token` a bearer token.

    `timeout` is in seconds, for the connection and for the answer.
    """

    base_url: str
    federation_url: str
    sender_number: str
    application_id: str
    message_type: str
    token: str = ""
    certificate: tuple[str, str] | None = None
    timeout: float = 10.0

    def has_consent(self, recipient: Recipient) -> bool:
        """Ask the federation service; enterprises need none: their e-Box exists by law."""
        if recipient.enterprise_number:
            return True
        answer = self._post(
            f"{self.federation_url}/citizenEboxConsents/search",
            json={"ssins": [recipient.national_number]},
        )
        found = _json(answer).get("items", [])
        return any(
            item.get("ssin") == recipient.national_number and item.get("consent") is True
            for item in found
            if isinstance(item, dict)
        )

    def send(self, message: OutgoingMessage) -> str:
        """Publish a message; a duplicate is answered with the id of the first one."""
        parts: list[tuple[str, tuple[str | None, str | bytes, str]]] = [
            (
                "messageToPublish",
                (None, json.dumps(self.document(message)), "application/json"),
            )
        ]
        parts += [
            (f"document{number}", (part.name, part.content, part.media_type))
            for number, part in enumerate(message.documents)
        ]
        answer = self._post(
            f"{self.base_url}/ebox/messages",
            files=parts,
            headers={"Idempotency-Key": str(message.idempotency_key)},
        )
        external = _json(answer).get("messageId")
        if not isinstance(external, str) or not external:
            raise ChannelUnavailable
        return external

    def document(self, message: OutgoingMessage) -> dict[str, Any]:
        """Return the part `messageToPublish`."""
        to = message.recipient
        recipient = (
            {"eboxType": "enterprise", "enterpriseNumber": to.enterprise_number}
            if to.enterprise_number
            else {"eboxType": "citizen", "ssin": to.national_number}
        )
        return {
            "recipient": recipient,
            "sender": {"eboxType": "enterprise", "enterpriseNumber": self.sender_number},
            "senderApplicationId": self.application_id,
            "messageTypeId": self.message_type,
            "subject": {
                code: message.subjects[code]
                for code in ("fr", "nl", "de")
                if code in message.subjects
            },
            "attachments": [
                {
                    "httpPartName": f"document{number}",
                    "attachmentTitle": part.name,
                    "mediaType": part.media_type,
                    "mainDocument": number == 0,
                }
                for number, part in enumerate(message.documents)
            ],
        }

    def _post(
        self, url: str, headers: Mapping[str, str] | None = None, **content: Any
    ) -> requests.Response:
        own = {"Accept": "application/json", **(headers or {})}
        if self.token:
            own["Authorization"] = f"Bearer {self.token}"
        try:
            answer = requests.post(
                url,
                headers=own,
                cert=self.certificate,
                timeout=(self.timeout, self.timeout),
                allow_redirects=False,
                **content,
            )
        except (requests.RequestException, OSError) as error:
            raise ChannelUnavailable from error
        if answer.status_code >= _GONE_WRONG_THERE or answer.status_code in _TRY_LATER:
            raise ChannelUnavailable
        if not answer.ok and answer.status_code != _DUPLICATE:
            raise ChannelRefused(f"http_{answer.status_code}")
        return answer


def _json(answer: requests.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError as error:
        raise ChannelUnavailable from error
    return found if isinstance(found, dict) else {}


def federal_ebox() -> DocumentChannel | None:
    """Return the federal e-Box of this installation (FEDERAL_EBOX); None where it is off."""
    options = dict(settings.FEDERAL_EBOX)
    if not options:
        return None
    if certificate := options.get("certificate"):
        options["certificate"] = tuple(certificate)
    return FederalEbox(**options)
