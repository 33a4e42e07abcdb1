"""Answers about identification: what a procedure or a service asks, who meets it, how it is said.

`Requirement.proof_of` is the only judge. What a procedure asks counts from its moment on: before the form every page
of a file shows its content only to people who met it, before sending only the sending asks.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, cast
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eservices import formats
from eservices.contract import EService, Proof, Requirement, Viewer, registry
from eservices.enums import OWN_METHODS, Level, LevelMoment, Method
from eservices.errors import NotFound, StepUpRequired
from eservices.models import Procedure, Submission
from eservices.queries.procedures import procedure_for

#: What everybody who is logged in meets.
LOGGED_IN = Requirement()


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A procedure or a service that asks for an identification, by its name for people."""

    kind: Literal["procedure", "service"]
    code: str
    title: str
    requirement: Requirement
    #: One thing of the service that asks more than the others; see EService.requirement_of.
    item: str = ""

    @property
    def url(self) -> str:
        """The path of the page that offers the identification; it takes the way back as `next`."""
        who = [(self.kind, self.code), *([("item", self.item)] if self.item else [])]
        return f"{reverse('step-up')}?{urlencode(who)}"


# What is asked


def requirement_of(procedure: Procedure) -> Requirement:
    """Return what a procedure asks; methods that this release does not know satisfy nobody (invariant I4)."""
    minutes = procedure.max_age_minutes
    return Requirement(
        level=Level(procedure.required_level),
        # A name that this release does not know stays in the set, where it equals no proof's method.
        methods=cast("frozenset[Method]", frozenset(procedure.accepted_methods)),
        max_age=timedelta(minutes=minutes) if minutes else None,
    )


def asking_of(procedure: Procedure) -> Asking:
    """Return what a procedure asks before the act that its moment names."""
    return Asking(
        kind="procedure",
        code=procedure.code,
        title=procedure.title,
        requirement=requirement_of(procedure),
    )


def asking_at_start(procedure: Procedure) -> Asking:
    """Return what a procedure asks before anything is typed: a login alone when it asks before sending."""
    asked = asking_of(procedure)
    if procedure.level_at == LevelMoment.START:
        return asked
    return replace(asked, requirement=LOGGED_IN)


def asking_for_reading(submission: Submission) -> Asking:
    """Return what the content of a file asks of its reader.

    A draft asks as its procedure does at the start. A file that was sent no longer asks for a fresh proof: somebody
    follows it for weeks.
    """
    asked = asking_at_start(submission.procedure)
    if submission.is_draft:
        return asked
    return replace(asked, requirement=replace(asked.requirement, max_age=None))


def asking_of_service(service: EService) -> Asking:
    """Return what a service asks of its visitors (EService.requirement)."""
    title = str(service.verbose_name)
    return Asking(kind="service", code=service.slug, title=title, requirement=service.requirement)


def asking_named(*, procedure: str = "", service: str = "", item: str = "") -> Asking:
    """Return who asks, by code of a procedure or slug of a service and one of its things; raises NotFound."""
    if procedure and "\0" not in procedure:
        return asking_of(procedure_for(procedure))
    if service in registry and "\0" not in item:
        asking = asking_of_service(registry[service])
        if not item:
            return asking
        return replace(asking, item=item, requirement=registry[service].requirement_of(item))
    raise NotFound


# Who meets it


def is_met(viewer: Viewer, requirement: Requirement, *, now: datetime | None = None) -> bool:
    """Whether one proof of the viewer's session satisfies everything that is asked."""
    return requirement.proof_of(viewer, now=now or timezone.now()) is not None


def prove(viewer: Viewer, asking: Asking, *, now: datetime | None = None) -> Proof:
    """Return the proof that satisfies what is asked, to be stored with the act; raises StepUpRequired."""
    proof = asking.requirement.proof_of(viewer, now=now or timezone.now())
    if proof is None:
        raise StepUpRequired(requirement=asking.requirement, url=asking.url)
    return proof


def can_be_proved_here(requirement: Requirement) -> bool:
    """Whether a method that people set up in the portal itself could satisfy what is asked."""
    mine = requirement.methods & OWN_METHODS if requirement.methods else OWN_METHODS
    return bool(mine) and requirement.level <= Level.LOW


# In words


def level_words(level: Level) -> str:
    """Return what a person needs for a level, in words, whatever the method."""
    words = {
        Level.ANONYMOUS: _("Without an account"),
        Level.PASSWORD: _("Account with password"),
        Level.LOW: _("Account with a code by e-mail"),
        Level.SUBSTANTIAL: _("eID, itsme or security code"),
        Level.HIGH: _("eID or itsme with PIN"),
    }
    return words[level]


def method_words(methods: Iterable[Method]) -> str:
    """Return methods of which one is enough, in words, the surest first."""
    words = {
        Method.EID: _("eID"),
        Method.ITSME: "itsme®",
        Method.SECURITY_CODE: _("security code of CSAM"),
        Method.PASSKEY: _("passkey"),
        Method.AUTHENTICATOR: _("password and authenticator app"),
        Method.MAIL_CODE: _("password and code by e-mail"),
        Method.BACKUP_CODE: _("password and backup code"),
    }
    wanted = set(methods)
    return formats.join_choices(text for method, text in words.items() if method in wanted)


def requirement_words(requirement: Requirement) -> str:
    """Return what is asked, in words: "eID or itsme®, at most 15 minutes ago"."""
    ways = level_words(requirement.level)
    if text := method_words(requirement.methods):
        ways = text if text.startswith(("eID", "itsme")) else text[:1].upper() + text[1:]
    if requirement.max_age is None:
        return ways
    minutes = int(requirement.max_age.total_seconds()) // 60
    return ngettext(
        "%(ways)s, at most %(minutes)s minute ago",
        "%(ways)s, at most %(minutes)s minutes ago",
        minutes,
    ) % {"ways": ways, "minutes": minutes}


def identification_words(submission: Submission) -> str:
    """Return how the sender of a file was identified; empty for drafts and for files of the first release.

    Who came to the counter was seen by an agent of the service.
    """
    if submission.entered_by_id is not None and submission.level_used is None:
        return _("Entered at the counter by %(team)s.") % {"team": submission.procedure.team.name}
    if submission.level_used is None:
        return ""
    level = Level(submission.level_used).label
    if not submission.method_used or submission.identified_at is None:
        return str(level)
    return _("Identified with %(method)s (%(level)s) on %(date)s.") % {
        "method": method_words([Method(submission.method_used)]),
        "level": str(level).lower(),
        "date": formats.date_time(submission.identified_at),
    }


# For the API


def requirement_document(requirement: Requirement) -> dict[str, Any]:
    """Return what is asked as JSON: name of the level, values of methods (none: any), seconds (null: the session)."""
    age = requirement.max_age
    return {
        "level": requirement.level.name.lower(),
        "methods": sorted(requirement.methods),
        "max_age": None if age is None else int(age.total_seconds()),
    }


def refusal_document(refusal: StepUpRequired) -> dict[str, Any]:
    """Return what a problem document says beside the code: what is asked and the path of the page that offers it."""
    requirement = refusal.params.get("requirement", LOGGED_IN)
    return requirement_document(requirement) | {"url": refusal.params.get("url", "")}
