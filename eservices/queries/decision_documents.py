"""Documents of decisions: which template is in use, what its placeholders stand for, the page that is printed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eservices import formats, pdf
from eservices.enums import Outcome
from eservices.letterhead import municipality
from eservices.models import DocumentTemplate, DocumentTemplateVersion, Submission
from eservices.queries.profiles import sender_name

#: What a template can name between double braces, and what it stands for.
PLACEHOLDERS: Mapping[str, str | Promise] = {
    "reference": _("Reference of the file"),
    "procedure": _("Name of the procedure"),
    "name": _("Who sent the request"),
    "sent_on": _("Day on which it was sent"),
    "decided_on": _("Day of the decision"),
    "reason": _("Words of the agent: conditions or reason"),
    "team": _("Team that decided"),
    "agent": _("Agent who decided"),
    "municipality": _("Name of the municipality"),
}
#: The parts of a template, in the order in which they are printed.
PARTS = ("title", "body", "closing")

_NAMED = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


@dataclass(frozen=True, kw_only=True)
class PrintedDecision:
    """The words of a decision with every placeholder filled, as plain text."""

    title: str
    body: str
    closing: str


def named_in(text: str) -> set[str]:
    """Return the placeholders that a text names."""
    return set(_NAMED.findall(text))


def template_for(submission: Submission, outcome: Outcome) -> DocumentTemplateVersion | None:
    """Return the newest words of the template for a decision: that of the procedure before the general one."""
    found = (
        DocumentTemplate.objects.filter(
            Q(procedure=submission.procedure_id) | Q(procedure=None),
            outcome__in=(outcome, Outcome.ANY),
            is_active=True,
            versions__isnull=False,
        )
        .order_by(F("procedure").asc(nulls_last=True), "code")
        .first()
    )
    return found.versions.first() if found else None


def values_of(
    submission: Submission, *, reason: str, decided_at: datetime, locale: str
) -> dict[str, str]:
    """Return what the placeholders stand for, in the citizen's language."""
    with translation.override(locale):
        procedure, team = submission.procedure, submission.team
        agent = submission.assignee
        return {
            "reference": submission.reference,
            "procedure": procedure.texts_in(locale)[1].get("title") or procedure.code,
            "name": sender_name(profile=submission.profile, user=submission.acting_user),
            "sent_on": formats.long_date(submission.submitted_at)
            if submission.submitted_at
            else "",
            "decided_on": formats.long_date(decided_at),
            "reason": reason,
            "team": team.name,
            "agent": agent.display_name if agent else team.name,
            "municipality": str(municipality(locale).get("name", "")),
        }


def filled(
    version: DocumentTemplateVersion, values: Mapping[str, str], locale: str
) -> PrintedDecision:
    """Return the words of a template in a language with its placeholders filled; nothing in them is run."""
    texts = version.texts.get(locale) or next(iter(version.texts.values()))
    parts = {
        part: _NAMED.sub(lambda found: values.get(found.group(1), ""), texts.get(part, ""))
        for part in PARTS
    }
    return PrintedDecision(**parts)


def decision_pdf(
    submission: Submission,
    version: DocumentTemplateVersion,
    *,
    reason: str,
    decided_at: datetime,
    preview: bool = False,
) -> bytes:
    """Return a decision as PDF/UA-1 in the citizen's language; a preview says across the page that it is one."""
    locale = submission.locale
    values = values_of(submission, reason=reason, decided_at=decided_at, locale=locale)
    return printed(filled(version, values, locale), locale, submission.reference, preview=preview)


def sample_pdf(version: DocumentTemplateVersion, locale: str) -> bytes:
    """Return a template as PDF with the names of its placeholders instead of values, for who writes it."""
    values = {name: f"[{words}]" for name, words in PLACEHOLDERS.items()}
    return printed(filled(version, values, locale), locale, "", preview=True)


def printed(decision: PrintedDecision, locale: str, reference: str, *, preview: bool) -> bytes:
    """Print the words of a decision under the municipality's name."""
    with translation.override(locale):
        context = pdf.frame(locale, title=decision.title, reference=reference, preview=preview)
        html = render_to_string("print/decision.html", {**context, "decision": decision})
        return pdf.to_pdf(html)
