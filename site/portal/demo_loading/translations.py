"""Tells wagtail-localize what the loaded translations are, so that editors see them as translated and keep working."""

import json
from collections.abc import Mapping

from wagtail.models import Page
from wagtail_localize.models import (
    SegmentOverride,
    StringSegment,
    StringTranslation,
    Translation,
    TranslationSource,
)
from wagtail_localize.segments import OverridableSegmentValue, StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from portal.demo_loading.files import ContentError

TOOL = "load_demo"


def record(source_page: Page, targets: Mapping[str, Page], name: str) -> None:
    """Store the source of a page and its translations; `name` is the file, for the error message.

    Raises ContentError when a translation does not have the same parts as the source.
    """
    source, _created = TranslationSource.update_or_create_from_instance(source_page)
    segments = list(StringSegment.objects.filter(source=source).select_related("string", "context"))
    for language, page in targets.items():
        Translation.objects.get_or_create(
            source=source, target_locale=page.locale, defaults={"enabled": True}
        )
        texts = {
            (value.path, value.order): value.string.data
            for value in extract_segments(page)
            if isinstance(value, StringSegmentValue)
        }
        rows = {}
        for segment in segments:
            place = (segment.context.path, segment.order)
            if place not in texts:
                raise ContentError(
                    f"{name}: the {language} text lacks a part of the source: “{segment.string.data[:60]}”."
                )
            rows[segment.string_id, segment.context_id] = StringTranslation(
                translation_of_id=segment.string_id,
                context_id=segment.context_id,
                locale=page.locale,
                data=texts[place],
                translation_type=StringTranslation.TRANSLATION_TYPE_MANUAL,
                tool_name=TOOL,
            )
        _replace(source, page, rows)
        _keep_pictures(source, page)


def _replace(
    source: TranslationSource, page: Page, rows: Mapping[tuple[int, int], StringTranslation]
) -> None:
    StringTranslation.objects.filter(
        context__object_id=source.object_id, locale=page.locale
    ).delete()
    StringTranslation.objects.bulk_create(rows.values())


def _keep_pictures(source: TranslationSource, page: Page) -> None:
    """Each language has its own pictures: say so, or the next synchronisation brings back the source's."""
    own = {
        value.path: value.data
        for value in extract_segments(page)
        if isinstance(value, OverridableSegmentValue) and isinstance(value.data, int)
    }
    if not own:
        return
    SegmentOverride.objects.filter(context__object_id=source.object_id, locale=page.locale).delete()
    segments = source.overridablesegment_set.select_related("context")
    SegmentOverride.objects.bulk_create(
        SegmentOverride(
            locale=page.locale,
            context=segment.context,
            data_json=json.dumps(own[segment.context.path]),
        )
        for segment in segments
        if segment.context.path in own
    )
