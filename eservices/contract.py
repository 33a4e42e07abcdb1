"""What a plugin may add to the suite, and where the core keeps what plugins added.

A plugin is a Django app whose AppConfig derives from `EServiceConfig` and names one `EService`
class. Everything that crosses the border is a frozen dataclass; no template, request or form does.
Third parties join through the entry-point group `eservices.plugins`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.metadata import entry_points
from typing import IO, TYPE_CHECKING, Any, ClassVar

from django.apps import AppConfig, apps
from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from eservices.enums import Level

if TYPE_CHECKING:
    from eservices.models import Profile, User

type_text = str | Promise


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """Who looks or acts: the account, the profile in whose name, and how sure we are of the person."""

    user: "User | None"
    profile: "Profile | None" = None
    level: Level = Level.ANONYMOUS

    @property
    def is_authenticated(self) -> bool:
        """Whether somebody is logged in."""
        return self.user is not None


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
    """A document in the export: its name below the folder of the service, and how to open it."""

    name: str
    open: Callable[[], IO[bytes]]


@dataclass(frozen=True, kw_only=True)
class PersonalData:
    """One part of what a service holds about a person: `content` is JSON without internal ids, and
    becomes the member `name` of the service's file in the export.
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
    required_level: ClassVar[Level] = Level.LOW

    def tiles(self, viewer: Viewer) -> Iterable[Tile]:
        """Cards for this viewer's dashboard; the number of queries must not depend on the number of
        cards.
        """
        return ()

    def navigation(self, viewer: Viewer) -> Iterable[NavItem]:
        """Links for the main navigation."""
        return ()

    def urls(self) -> Sequence[URLPattern | URLResolver]:
        """Pages below /<language>/<slug>/."""
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
    """Base of a plugin's AppConfig: `eservice` is the dotted path of its `EService` class."""

    eservice: ClassVar[str]


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
                service: EService = import_string(config.eservice)()
                if service.slug not in settings.PLUGINS_DISABLED:
                    self.register(service)

    def __iter__(self) -> Iterator[EService]:
        return iter(sorted(self._services.values(), key=lambda service: service.slug))

    def __getitem__(self, slug: str) -> EService:
        return self._services[slug]

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
