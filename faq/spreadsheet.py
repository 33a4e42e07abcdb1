"""The questions as a spreadsheet."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from cms_pages import contents
from cms_pages.tree import path_of
from faq.models import FaqQuestionPage

#: A cell that begins so would be run as a formula by spreadsheet programs (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def cell(value: str) -> str:
    """Return text that no spreadsheet program takes for a formula."""
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value


def questions_xlsx(groups: Iterable[Mapping[str, Any]], language: str) -> bytes:
    """Return an xlsx file with group, question, short answer, full answer, day of the check and address."""
    from openpyxl import Workbook  # heavy: only who exports pays for it
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.active
    sheet.title = _("Help")
    sheet.append(
        [_("Topic"), _("Question"), _("Short answer"), _("Answer"), _("Checked on"), _("Address")]
    )
    for heading in sheet[1]:
        heading.font = Font(bold=True)
    pages = {
        path_of(page.url_path): page
        for page in FaqQuestionPage.objects.live().public().filter(locale__language_code=language)
    }
    for group in groups:
        for row in group["questions"]:
            page = pages.get(row["url"])
            if page is not None:
                sheet.append(
                    [
                        cell(group["title"]),
                        cell(page.title),
                        cell(page.short_answer),
                        cell(contents.plain_text(page.answer.raw_data)),
                        page.checked_on,
                        settings.PUBLIC_BASE_URL + row["url"],
                    ]
                )
    for column, width in zip("ABCDEF", (24, 48, 60, 90, 14, 60), strict=True):
        sheet.column_dimensions[column].width = width
    for line in sheet.iter_rows(min_row=2):
        for part in line:
            part.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
