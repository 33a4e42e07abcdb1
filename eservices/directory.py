"""The public register of enterprises: what it says about one number, whoever answers the question.

A register is chosen by the setting `ENTERPRISE_DIRECTORY = {"BACKEND": dotted path, "OPTIONS": {…}}`. A new one is a
class with `find(number)`: it raises errors.Unavailable when it does not answer and returns None for an unknown number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from eservices.enums import ProfileKind
from eservices.models import DirectoryEntry


@dataclass(frozen=True, kw_only=True)
class DirectoryRecord:
    """What the register says about one enterprise number; public data, except for natural persons' addresses.

    `number` has ten digits. `names` maps a language code to the name in it, the empty key holds a name of no known
    language. `legal_form` is the register's own code. `address` has the keys street, number, box, postcode,
    locality (texts); it is empty for natural persons and where the register has none.
    """

    number: str
    names: Mapping[str, str]
    kind: ProfileKind
    legal_form: str = ""
    is_active: bool = True
    is_natural_person: bool = False
    address: Mapping[str, str] = field(default_factory=dict)

    def name_in(self, language: str) -> str:
        """Return the name in `language`, else in the portal's order of languages, else whatever name there is."""
        order = [language, *(code for code, _name in settings.LANGUAGES), ""]
        found = next((self.names[code] for code in order if self.names.get(code)), "")
        return found or next(iter(self.names.values()), "")


class EnterpriseDirectory(Protocol):
    """A register of enterprises."""

    def find(self, number: str) -> DirectoryRecord | None:
        """Return the record of a number of ten digits, or None; raises Unavailable when nobody answers."""


class NoDirectory:
    """No register at hand: people type the name themselves and the administration checks it."""

    def find(self, number: str) -> DirectoryRecord | None:
        return None


class OpenDataDirectory:
    """The copy of the KBO open data that `manage.py import_kbo` keeps in our own tables; nothing leaves the portal."""

    def find(self, number: str) -> DirectoryRecord | None:
        entry = DirectoryEntry.objects.filter(number=number).first()
        if entry is None:
            return None
        return DirectoryRecord(
            number=entry.number,
            names=entry.names,
            kind=ProfileKind(entry.kind),
            legal_form=entry.legal_form,
            is_active=entry.is_active,
            is_natural_person=entry.is_natural_person,
            address=entry.address,
        )


def directory() -> EnterpriseDirectory:
    """Return the register that the settings name."""
    chosen: dict[str, Any] = settings.ENTERPRISE_DIRECTORY
    return cast(EnterpriseDirectory, import_string(chosen["BACKEND"])(**chosen.get("OPTIONS", {})))


def find_enterprise(number: str) -> DirectoryRecord | None:
    """Return what the register says about an enterprise number of ten digits; None when it does not know the number.

    Raises errors.Unavailable when the register does not answer.
    """
    return directory().find(number)
