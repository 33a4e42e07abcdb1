"""What an editor should put right in a form that is being edited, and how it would look: nothing is stored."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eservices.models import ProcedurePage
from eservices.models.builder import BuiltForm, read_builder
from eservices.queries.procedures import locales_needed
from eservices.questions.advice import advice
from eservices.questions.forms import ChapterForm, chapter_form_class
from eservices.questions.inventing import invented
from eservices.questions.issues import COUNTS, structure_issues
from eservices.questions.mistakes import Issue
from eservices.questions.structure import Structure
from eservices.questions.words import Words
from eservices.questions.words_issues import words_issues


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing to look at: in words, where it is, and whether it stops the publication."""

    message: str
    place: str = ""
    block_id: str = ""
    stops: bool = True


def findings_of(form: BuiltForm, *, page: ProcedurePage | None = None) -> list[Finding]:
    """Return all mistakes of a form as it stands in the builder, then what may not be meant, then missing words."""
    language = page.locale.language_code if page is not None else settings.LANGUAGE_CODE
    if not form.structure["chapters"]:
        return []
    issues = structure_issues(form.structure)
    found = [_finding(issue, form) for issue in issues]
    if issues:
        return found
    structure = Structure.from_json(form.structure)
    found += [_finding(issue, form) for issue in words_issues(structure, form.words, language)]
    words = Words.from_json(form.words, language)
    found += [_finding(issue, form, stops=False) for issue in advice(structure, words)]
    return [*found, *_missing_translations(structure, page)]


def built_from_post(chapters: Iterable[Any], annexes: Iterable[Any]) -> BuiltForm:
    """Read the builder as a browser posts it: numbers are texts there, and new blocks may have no id yet."""
    return read_builder(_completed(list(chapters)), _completed(list(annexes)))


def _completed(value: Any) -> Any:
    if isinstance(value, list):
        return [_completed(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    done = {name: _completed(item) for name, item in value.items()}
    if "type" in done and "value" in done:
        done["id"] = done.get("id") or str(uuid4())
    for name in COUNTS:
        if isinstance(done.get(name), str) and done[name].isdecimal():
            done[name] = int(done[name])
    return done


def _finding(issue: Issue, form: BuiltForm, *, stops: bool = True) -> Finding:
    words = form.words.get(issue.block_id, {})
    return Finding(
        message=issue.message,
        place=words.get("title") or words.get("label") or "",
        block_id=issue.block_id,
        stops=stops,
    )


def _missing_translations(structure: Structure, page: ProcedurePage | None) -> list[Finding]:
    """Tell for each other language that has no page yet, or lacks words for some block."""
    if page is None or page.pk is None:
        return []
    others = {
        other.locale.language_code: other
        for other in ProcedurePage.objects.filter(translation_key=page.translation_key)
        .exclude(pk=page.pk)
        .select_related("locale")
    }
    names = dict(settings.LANGUAGES)
    found = []
    for code in locales_needed():
        if code == page.locale.language_code:
            continue
        if code not in others:
            message = _("%(language)s: there is no translation yet.") % {"language": names[code]}
            found.append(Finding(message=message, stops=False))
            continue
        words = others[code].form_as_built.words
        gaps = [
            issue for issue in words_issues(structure, words, code) if issue.kind == "words_missing"
        ]
        if gaps:
            message = ngettext(
                "%(language)s: %(count)s text is missing.",
                "%(language)s: %(count)s texts are missing.",
                len(gaps),
            )
            values = {"language": names[code], "count": len(gaps)}
            found.append(Finding(message=message % values, stops=False))
    return found


@dataclass(frozen=True, kw_only=True)
class PreviewChapter:
    """One chapter as people would meet it, filled with invented answers."""

    id: str
    title: str
    intro: str
    form: ChapterForm


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The whole form with its conditions for the browser; or what keeps it from being shown."""

    chapters: tuple[PreviewChapter, ...] = ()
    rules: Mapping[str, Any] | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def rules_json(self) -> str:
        """The conditions as the browser's script reads them."""
        return json.dumps(self.rules or {})


def preview_of(page: ProcedurePage) -> Preview:
    """Return a page's form as people would see it after its publication."""
    built, language = page.form_as_built, page.locale.language_code
    findings = tuple(findings_of(built, page=page))
    if structure_issues(built.structure):
        return Preview(findings=findings)
    structure, words = Structure.from_json(built.structure), Words.from_json(built.words, language)
    answers = invented(structure)
    chapters = tuple(
        PreviewChapter(
            id=chapter.id,
            title=words.title(chapter.id),
            intro=words.of(chapter.id, "intro"),
            form=chapter_form_class(structure, words, chapter.id, complete=False)(answers=answers),
        )
        for chapter in structure.chapters
    )
    return Preview(chapters=chapters, rules=_rules(structure), findings=findings)


def _rules(structure: Structure) -> dict[str, Any]:
    """Return the conditions of all chapters at once: a chapter counts as a text that is shown or not."""
    rows: list[dict[str, Any]] = []
    for chapter in structure.chapters:
        own = [_rule(condition) for condition in chapter.show_if]
        rows.append({"id": chapter.id, "type": "info", "show_if": own})
        rows += [
            {
                "id": spec.id,
                "type": spec.type.value,
                "show_if": own + [_rule(condition) for condition in spec.show_if],
            }
            for spec in chapter.questions
        ]
    return {"questions": rows, "answers": {}}


def _rule(condition: Any) -> dict[str, str]:
    return {"field": condition.field, "op": condition.op.value, "value": condition.value}
