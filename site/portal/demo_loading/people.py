"""Who lives in the demo: people, teams, the sections of procedures, terms of use."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from eservices.actions import accounts
from eservices.actions.identifiers import record_number
from eservices.enums import FieldSource
from eservices.models import Section, Team, TermsAcceptance, TermsVersion, User
from portal.demo_loading.files import DemoFile

PASSWORD = "Guichet-demo-2026"  # noqa: S105  the demo's own, printed in the README
#: Whom the test identity providers know; some of them live in the demo.
CITIZENS = Path(__file__).resolve().parents[2] / "sandbox" / "identity" / "citizens.json"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody of the demo."""

    email: str
    first_name: str
    last_name: str
    language: str = "fr"
    staff: bool = False
    groups: tuple[str, ...] = ()
    in_teams: bool = False
    superuser: bool = False
    #: Fields from an authentic source: their names and where they come from.
    locked: Mapping[str, str] = field(default_factory=dict)


PEOPLE = (
    Person(email="citizen@example.org", first_name="Claire", last_name="Dumont"),
    Person(
        email="parent@example.org",
        first_name="Pieter",
        last_name="Claes",
        language="nl",
        locked={"first_name": "register", "last_name": "register"},
    ),
    Person(email="club@example.org", first_name="Anna", last_name="Keller", language="de"),
    Person(
        email="agent@example.org",
        first_name="Marc",
        last_name="Renard",
        staff=True,
        groups=("Agents",),
        in_teams=True,
    ),
    Person(
        email="editor@example.org",
        first_name="Sophie",
        last_name="Lambert",
        staff=True,
        groups=("Editors",),
    ),
    Person(
        email="admin@example.org",
        first_name="Nadia",
        last_name="Peeters",
        staff=True,
        in_teams=True,
        superuser=True,
    ),
)

TERMS: Mapping[str, str] = {
    "fr": (
        "<p>Le guichet en ligne est le service électronique de la commune. Votre compte est personnel : gardez votre "
        "mot de passe pour vous.</p><p>Nous utilisons vos données pour traiter vos demandes, et pour rien d’autre. Les "
        "pages d’aide disent qui les lit et quand nous les effaçons.</p><p>Vous répondez de ce que vous déclarez. Une "
        "fausse déclaration peut entraîner le refus de votre demande.</p>"
    ),
    "nl": (
        "<p>Het e-loket is de elektronische dienst van de gemeente. Uw account is persoonlijk: hou uw wachtwoord voor "
        "uzelf.</p><p>Wij gebruiken uw gegevens om uw aanvragen te behandelen, en voor niets anders. De hulppagina’s "
        "zeggen wie ze leest en wanneer wij ze wissen.</p><p>U staat in voor wat u verklaart. Een valse verklaring kan "
        "ertoe leiden dat uw aanvraag wordt geweigerd.</p>"
    ),
    "de": (
        "<p>Der Online-Schalter ist der elektronische Dienst der Gemeinde. Ihr Konto ist persönlich: Behalten Sie Ihr "
        "Passwort für sich.</p><p>Wir verwenden Ihre Daten, um Ihre Anträge zu bearbeiten, und für nichts anderes. Die "
        "Hilfeseiten sagen, wer sie liest und wann wir sie löschen.</p><p>Sie stehen für Ihre Angaben ein. Falsche "
        "Angaben können dazu führen, dass Ihr Antrag abgelehnt wird.</p>"
    ),
    "en": (
        "<p>The online counter is the electronic service of the municipality. Your account is personal: keep your "
        "password to yourself.</p><p>We use your data to handle your requests, and for nothing else. The help pages "
        "say who reads them and when we delete them.</p><p>You answer for what you declare. A false declaration can "
        "lead to the refusal of your request.</p>"
    ),
}


@transaction.atomic
def load_terms() -> int:
    """Publish the first version of the terms; a version is never edited, so this happens once."""
    if TermsVersion.objects.exists():
        return 0
    text = json.dumps(TERMS, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    TermsVersion.objects.create(
        number=1, texts=dict(TERMS), sha256=hashlib.sha256(text.encode()).hexdigest()
    )
    return 1


@transaction.atomic
def load_teams(site: DemoFile) -> int:
    """Make the teams and sections, or bring their names up to date."""
    changed = 0
    for code, spec in site.data["teams"].items():
        values = {
            "names": site.words(spec, "name", f"teams/{code}"),
            "phone": spec["phone"],
            "email": spec["email"],
        }
        changed += _bring_up(Team, code, values)
    for position, (code, spec) in enumerate(site.data["sections"].items(), start=1):
        values = {
            "names": site.words(spec, "name", f"sections/{code}"),
            "icon": spec["icon"],
            "position": position,
        }
        changed += _bring_up(Section, code, values)
    return changed


def _bring_up(model: type[Team] | type[Section], code: str, values: Mapping[str, object]) -> int:
    row, created = model.objects.get_or_create(code=code, defaults=values)
    if created:
        return 1
    wrong = [name for name, value in values.items() if getattr(row, name) != value]
    for name in wrong:
        setattr(row, name, values[name])
    if wrong:
        row.save(update_fields=wrong)
    return int(bool(wrong))


@transaction.atomic
def load_people() -> int:
    """Open the accounts that are missing, with the terms accepted; accounts that exist are left alone."""
    _editors()
    _agents()
    known = set(
        User.objects.filter(email__in=[p.email for p in PEOPLE]).values_list("email", flat=True)
    )
    terms = TermsVersion.objects.first()
    missing = [person for person in PEOPLE if person.email not in known]
    for person in missing:
        user = accounts.register(
            email=person.email,
            password=PASSWORD,
            first_name=person.first_name,
            last_name=person.last_name,
            language=person.language,
            staff=person.staff,
        )
        user.is_superuser, user.locked_fields = person.superuser, dict(person.locked)
        user.save(update_fields=["is_superuser", "locked_fields"])
        user.groups.add(*Group.objects.filter(name__in=person.groups))
        if person.in_teams:
            user.teams.add(*Team.objects.all())
        TermsAcceptance.objects.get_or_create(
            user=user, version=terms, defaults={"language": person.language}
        )
    return len(missing)


@transaction.atomic
def load_numbers() -> int:
    """Record the national numbers that CSAM proved of people of the demo: its login opens their account."""
    known = json.loads(CITIZENS.read_text())["citizens"]
    numbers = {citizen["email"]: citizen["number"] for citizen in known}
    emails = [person.email for person in PEOPLE if person.email in numbers]
    missing = User.objects.filter(email__in=emails, identifier__isnull=True)
    for user in missing:
        record_number(user=user, number=numbers[user.email], source=FieldSource.CSAM)
    return len(missing)


def _group(name: str) -> Group:
    """Return a group that may enter the back office."""
    group, _created = Group.objects.get_or_create(name=name)
    access = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    group.permissions.add(access)
    return group


def _agents() -> None:
    """Agents enter the back office; their teams say what they see there."""
    _group("Agents")


def _editors() -> None:
    """Editors write and publish all pages, pictures and documents, and submit pages for translation."""
    group = _group("Editors")
    root = Page.get_first_root_node()
    for action in ("add_page", "change_page", "publish_page", "lock_page", "unlock_page"):
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=action)
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
    collection = Collection.get_first_root_node()
    for model in ("image", "document"):
        for action in ("add", "change", "choose"):
            for permission in Permission.objects.filter(codename=f"{action}_{model}"):
                GroupCollectionPermission.objects.get_or_create(
                    group=group, collection=collection, permission=permission
                )
    group.permissions.add(*Permission.objects.filter(codename="submit_translation"))
