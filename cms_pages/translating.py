"""Translations that lag behind, and the guard that keeps untranslated words from going live.

wagtail-localize publishes a translation with the source's words where its own are missing: from the editor's button,
from “update”, from “submit”; and even a draft that it makes overwrites the live row. All ways go through
`Translation.save_target`, so that is where the guard stands.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Count, Exists, F, OuterRef, Subquery
from django.urls import reverse
from wagtail.models import Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource


@dataclass(frozen=True, kw_only=True)
class Lag:
    """A page whose translations need work: the source changed since, or words are missing in some languages."""

    title: str
    url: str
    languages: tuple[str, ...]
    source_changed: bool
    missing: int


def missing_words(page: Page) -> int:
    """Return how many parts of a translated page have no words yet; 0 for a page that is no translation."""
    translation = (
        Translation.objects.filter(
            source__object_id=page.translation_key, target_locale_id=page.locale_id, enabled=True
        )
        .exclude(source__locale_id=page.locale_id)
        .first()
    )
    if translation is None:
        return 0
    total, done = translation.get_progress()
    return total - done


def changed_sources() -> Any:
    """Return the sources whose page was published after its words were handed to the translators."""
    published = Page.objects.filter(
        translation_key=OuterRef("object_id"), locale_id=OuterRef("locale_id"), live=True
    ).values("last_published_at")[:1]
    return TranslationSource.objects.annotate(published_at=Subquery(published)).filter(
        published_at__gt=F("last_updated_at"), translations__enabled=True
    )


def _missing_by_translation() -> dict[int, int]:
    """Return how many words each translation lacks, in one query."""
    translated = StringTranslation.objects.filter(
        translation_of_id=OuterRef("string_id"),
        context_id=OuterRef("context_id"),
        locale_id=OuterRef("source__translations__target_locale_id"),
        has_error=False,
    )
    rows = (
        StringSegment.objects.filter(source__translations__enabled=True)
        .annotate(is_there=Exists(translated), translation=F("source__translations__id"))
        .filter(is_there=False)
        .values("translation")
        .annotate(number=Count("pk"))
        .values_list("translation", "number")
    )
    return dict(rows)


def lagging() -> list[Lag]:
    """Return all pages whose translations need work, by title; four queries whatever their number."""
    missing = _missing_by_translation()
    changed = set(changed_sources().values_list("pk", flat=True))
    translations = Translation.objects.filter(enabled=True).select_related(
        "source", "target_locale"
    )
    by_source: dict[int, list[Translation]] = {}
    for translation in translations:
        if translation.source_id in changed or translation.pk in missing:
            by_source.setdefault(translation.source_id, []).append(translation)
    keys = {group[0].source.object_id: group[0].source_id for group in by_source.values()}
    pages = Page.objects.filter(translation_key__in=keys)
    found = []
    for page in pages:
        group = by_source[keys[page.translation_key]]
        if page.locale_id != group[0].source.locale_id:
            continue
        is_changed = group[0].source_id in changed
        found.append(
            Lag(
                title=page.title,
                url=_work_url(page, group, is_changed=is_changed),
                languages=tuple(t.target_locale.language_code.upper() for t in group),
                source_changed=is_changed,
                missing=sum(missing.get(t.pk, 0) for t in group),
            )
        )
    return sorted(found, key=lambda lag: lag.title)


def _work_url(page: Page, group: list[Translation], *, is_changed: bool) -> str:
    """Return where an editor goes on: hand over the changed source, else edit the first translation."""
    if is_changed:
        return reverse("wagtail_localize:update_translations", args=[group[0].source_id])
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def guard() -> None:
    """Let `Translation.save_target` publish only what is complete; called once when the apps are there."""
    if not getattr(Translation.save_target, "is_guarded", False):
        Translation.save_target = _guarded(Translation.save_target)


def _guarded(save_target: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(save_target)
    def guarded(self: Translation, user: Any = None, publish: bool = True) -> Any:
        total, done = self.get_progress()
        if done == total:
            return save_target(self, user=user, publish=publish)
        try:
            target = self.get_target_instance()
        except ObjectDoesNotExist:
            target = None
        if target is not None and getattr(target, "live", False):
            return None  # what is live stays as it is; the words translated so far are kept by wagtail-localize
        return save_target(self, user=user, publish=False)

    guarded.is_guarded = True  # type: ignore[attr-defined]
    return guarded
