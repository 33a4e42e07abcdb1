"""What a plugin may add to the suite, and where the core keeps what plugins added.

A plugin is a Django app whose AppConfig derives from `EServiceConfig` and names one `EService`
class. Everything that crosses the border is a frozen dataclass; no template, request or form does.
Third parties join through the entry-point group `eservices.plugins`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from importlib.metadata import entry_points
from typing import IO, TYPE_CHECKING, Any, ClassVar

from django.apps import AppConfig, apps
from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from eservices.enums import FieldSource, Level, MembershipState, Method, SignatureLevel

if TYPE_CHECKING:
    from eservices.models import AmountDue, Membership, Notice, PortalSession, Profile, User

type_text = str | Promise


@dataclass(frozen=True, kw_only=True)
class Proof:
    """One proof of identity in a session: by what, how sure, when; `provider` is the key of an
    identity provider, empty for our own methods.
    """

    method: Method
    level: Level
    at: datetime
    provider: str = ""


@dataclass(frozen=True, kw_only=True)
class VerifiedIdentity:
    """Who somebody is, as an identity provider or a card has just proved it to us; every check is done.

    `subject` is how the provider knows the person, at its `issuer`. `email` is only what the provider says: it opens
    and links nothing. `national_number` may be empty (itsme with a foreign document). A `repr` shows none of it.
    """

    provider: str
    issuer: str
    subject: str = field(repr=False)
    method: Method
    level: Level
    at: datetime
    source: FieldSource
    national_number: str = field(default="", repr=False)
    first_name: str = field(default="", repr=False)
    last_name: str = field(default="", repr=False)
    birth_date: date | None = field(default=None, repr=False)
    email: str = field(default="", repr=False)
    language: str = ""

    @property
    def proof(self) -> Proof:
        """The proof that this gives a session."""
        return Proof(method=self.method, level=self.level, at=self.at, provider=self.provider)

    @property
    def vouched_number(self) -> str:
        """The national number, if the person was identified surely enough for it to be verified.

        Below level substantial a number may be one that somebody once registered with: it finds, links and records
        nothing.
        """
        return self.national_number if self.level >= Level.SUBSTANTIAL else ""


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """Who looks or acts: the account, the profile in whose name, and how sure we are of the person.

    `membership` is the right to act for an organisation, looked up at every request; None for
    oneself. `agent` is set when somebody of the municipality looks at the space of `user` without
    any right to act.
    """

    user: "User | None"
    profile: "Profile | None" = None
    level: Level = Level.ANONYMOUS
    proofs: Sequence[Proof] = ()
    membership: "Membership | None" = None
    session: "PortalSession | None" = None
    agent: "User | None" = None

    @property
    def is_authenticated(self) -> bool:
        """Whether somebody is logged in."""
        return self.user is not None

    @property
    def profile_name(self) -> str:
        """What the profile is called for this person; see Membership.shown_name."""
        if self.membership is not None:
            return self.membership.shown_name
        return self.profile.name if self.profile else ""

    @property
    def sees_whole_profile(self) -> bool:
        """Whether all files of the profile are shown; a declared member sees only own ones."""
        return self.membership is None or self.membership.state == MembershipState.CONFIRMED


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """What a procedure or a service asks of an identification.

    No `methods` means any. `max_age` is the longest time since the proof; None means as long as the
    session. One proof must satisfy everything.
    """

    level: Level = Level.LOW
    methods: frozenset[Method] = frozenset()
    max_age: timedelta | None = None

    def proof_of(self, viewer: Viewer, *, now: datetime) -> Proof | None:
        """Return the proof of the viewer's session that satisfies this, the strongest and newest
        first; None when the person must identify again.
        """
        fitting = [
            proof
            for proof in viewer.proofs
            if proof.level >= self.level
            and (not self.methods or proof.method in self.methods)
            and (self.max_age is None or now - proof.at < self.max_age)
        ]
        return max(fitting, key=lambda proof: (proof.level, proof.at), default=None)


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A card on the dashboard. `waiting` tiles ask the person to act and are shown first, by `due`."""

    key: str
    title: type_text
    text: type_text = ""
    url: str = ""
    action: type_text = ""
    icon: str = "file"
    waiting: bool = False
    due: datetime | None = None
    position: int = 100


@dataclass(frozen=True, kw_only=True)
class NavItem:
    """A link in the main navigation."""

    key: str
    label: type_text
    url: str
    position: int = 100
    badge: int = 0


@dataclass(frozen=True, kw_only=True)
class Job:
    """Periodic work. `run` must be idempotent: it may run twice, and never at the same time with
    itself.
    """

    name: str
    every: timedelta
    run: Callable[[], object]


@dataclass(frozen=True, kw_only=True)
class ApiRoute:
    """Addresses below /api/v1/<slug>/ (a list of Django url patterns)."""

    patterns: Sequence[URLPattern | URLResolver]


@dataclass(frozen=True, kw_only=True)
class ExportDocument:
    """A document in the export: its name below the folder of the service, and how to open it.

    With a `requirement` only for people who identified as it asks.
    """

    name: str
    open: Callable[[], IO[bytes]]
    requirement: Requirement | None = None


@dataclass(frozen=True, kw_only=True)
class Guarded:
    """A JSON value in an export for people who identified as `requirement` asks; others get `instead`."""

    requirement: Requirement
    value: Any
    instead: Any


@dataclass(frozen=True, kw_only=True)
class PersonalData:
    """One part of what a service holds about a person: `content` is JSON without internal ids, and
    becomes the member `name` of the service's file in the export. Values in it may be `Guarded`.
    """

    name: str
    content: Any
    documents: Sequence[ExportDocument] = ()


@dataclass(frozen=True, kw_only=True)
class HeldData:
    """How many things of one kind a service holds about a person."""

    label: type_text
    count: int


@dataclass(frozen=True, kw_only=True)
class HeldItem:
    """One thing with its time of keeping: a day, or in words what the day depends on (`rule`).

    `reason` says why it must stay when the person asks for erasure.
    """

    what: type_text
    reference: str = ""
    url: str = ""
    delete_on: date | None = None
    rule: type_text = ""
    reason: type_text = ""


@dataclass(frozen=True, kw_only=True)
class ErasureReport:
    """What an erasure takes away and what must stay."""

    erased: Sequence[HeldItem] = ()
    kept: Sequence[HeldItem] = ()


@dataclass(frozen=True, kw_only=True)
class Reading:
    """That the municipality looked at a person's data: when, which of its services, at what."""

    at: datetime
    by: type_text
    what: type_text
    reference: str = ""


class EService:
    """What one e-service adds. Every member is optional; the defaults add nothing."""

    slug: ClassVar[str]
    verbose_name: ClassVar[type_text] = ""
    icon: ClassVar[str] = "file"
    #: The first word in the addresses of its pages, with its slash, in the page's language; without one the slug.
    address: ClassVar[type_text] = ""
    #: What pages with `RequirementMixin` and addresses with `MeetsRequirement` ask of an identification.
    requirement: ClassVar[Requirement] = Requirement()
    #: How people can sign a form with this service; procedures may ask only for levels that some service offers.
    signature_levels: ClassVar[frozenset[SignatureLevel]] = frozenset()
    #: Rights on this service's rows that groups of every installation have: name of the group (`permissions.EDITORS`,
    #: `AGENTS`) to (app, codename). Given after each migration, never taken back.
    rights: ClassVar[Mapping[str, Sequence[tuple[str, str]]]] = {}

    def requirement_of(self, item: str) -> Requirement:
        """What one thing of this service asks, by its name in addresses; raises NotFound."""
        return self.requirement

    #: What notices of this service say, by the name of their words (the template of their letter).
    notice_titles: ClassVar[Mapping[str, type_text]] = {}

    def notice_path(self, notice: "Notice") -> str:
        """Where a notice of this service leads, in the active language; empty for the list of notices."""
        return ""

    def tiles(self, viewer: Viewer) -> Iterable[Tile]:
        """Cards for this viewer's dashboard; the number of queries must not depend on the number of
        cards.
        """
        return ()

    def navigation(self, viewer: Viewer) -> Iterable[NavItem]:
        """Links for the main navigation."""
        return ()

    def urls(self) -> Sequence[URLPattern | URLResolver]:
        """Pages below /<language>/<address>/."""
        return ()

    def root_urls(self) -> Sequence[URLPattern | URLResolver]:
        """Addresses for machines, below no language and no slug (calendars that people subscribe to)."""
        return ()

    def api_routes(self) -> Sequence[ApiRoute]:
        """Addresses below /api/v1/<slug>/."""
        return ()

    def backoffice_viewsets(self) -> Sequence[Any]:
        """Wagtail viewsets for the back office."""
        return ()

    def jobs(self) -> Sequence[Job]:
        """Periodic work of this service."""
        return ()

    def awaits_payment(self, amount: "AmountDue", by: "User") -> None:
        """Lock what waits for an amount of this service, in the caller's transaction, before it is paid.

        Raises AmountNotDue when nothing waits for it any more, NotFound when `by` does not handle it.
        """

    def amount_paid(self, amount: "AmountDue", by: "User") -> None:
        """Go on with what waited for an amount of this service; called in the transaction of the payment, once."""

    def held_personal_data(self, user: "User") -> Iterable[HeldData]:
        """Counts of what this service holds about the person, by kind."""
        return ()

    def readings(self, user: "User") -> Iterable[Reading]:
        """When the municipality looked at the person's data in this service."""
        return ()

    def export_personal_data(self, user: "User") -> Iterable[PersonalData]:
        """Everything this service holds about the person (GDPR art. 15 and 20)."""
        return ()

    def plan_erasure(self, user: "User") -> ErasureReport:
        """What `erase_personal_data` would do now; changes nothing."""
        return ErasureReport()

    def erase_personal_data(self, user: "User", by: "User | None") -> ErasureReport:
        """Erase what may go (GDPR art. 17) in the caller's transaction; `by` is None for the system.

        As long as a service keeps something, the account stays too.
        """
        return ErasureReport()


class EServiceConfig(AppConfig):
    """Base of a plugin's AppConfig: `eservice` is the dotted path of its `EService` class.

    `further_eservices` are those of an app that brings several.
    """

    eservice: ClassVar[str]
    further_eservices: ClassVar[Sequence[str]] = ()


class Registry:
    """The services that are installed, by slug, in a stable order."""

    def __init__(self) -> None:
        self._services: dict[str, EService] = {}

    def register(self, service: EService) -> None:
        """Add a service; two services with one slug stop the start."""
        if service.slug in self._services:
            raise ImproperlyConfigured(f"Two e-services use the slug “{service.slug}”.")
        self._services[service.slug] = service

    def collect(self) -> None:
        """Find the services of all installed apps, except those that the operator switched off."""
        from django.conf import settings  # settings are configured only when apps get ready

        for config in apps.get_app_configs():
            if isinstance(config, EServiceConfig):
                for name in (config.eservice, *config.further_eservices):
                    service: EService = import_string(name)()
                    if service.slug not in settings.PLUGINS_DISABLED:
                        self.register(service)

    def offers_signature(self, level: str) -> bool:
        """Whether a form can ask for this signature: for none at all, or for one that a service offers."""
        offered = {found for service in self for found in service.signature_levels}
        return level == SignatureLevel.NONE or level in offered

    def __iter__(self) -> Iterator[EService]:
        return iter(sorted(self._services.values(), key=lambda service: service.slug))

    def __getitem__(self, slug: str) -> EService:
        return self._services[slug]

    def get(self, slug: str) -> EService | None:
        """Return the service of a slug; None when it is not installed or switched off."""
        return self._services.get(slug)

    def __contains__(self, slug: str) -> bool:
        return slug in self._services

    @contextmanager
    def temporarily(self, service: EService) -> Iterator[None]:
        """Register a service for the length of a test."""
        self.register(service)
        try:
            yield
        finally:
            del self._services[service.slug]


#: The services of this installation; filled once when apps are ready.
registry = Registry()


def installed_plugins() -> list[str]:
    """App configs of third parties' packages, from the entry-point group `eservices.plugins`, in
    name order.
    """
    return [
        point.value.replace(":", ".") for point in sorted(entry_points(group="eservices.plugins"))
    ]
