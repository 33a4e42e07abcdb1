"""Questions as schema.org data for search engines (https://schema.org/FAQPage)."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.safestring import SafeString, mark_safe

_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def faq_data(questions: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a FAQPage: each question with its short answer, which is plain text and answers by itself."""
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": question["question"],
                "acceptedAnswer": {"@type": "Answer", "text": question["short_answer"]},
            }
            for question in questions
        ],
    }


def faq_page(questions: Iterable[Mapping[str, Any]]) -> SafeString:
    """Return the same as text for a data block `<script type="application/ld+json">`.

    Such a block is data: browsers never run it, so `script-src 'self'` does not stop it (HTML, “prepare the script
    element”). The three characters that could end it are escaped, as Django's json_script does.
    """
    text = json.dumps(faq_data(questions), ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(_ESCAPES))  # noqa: S308  nothing can leave the data block
