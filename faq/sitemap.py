"""The site map, with the addresses of each page in all languages."""

from collections import defaultdict
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings

from cms_pages.tree import path_of, public_pages


def xml() -> str:
    """Return the site map: two queries, whatever the number of pages; copies of other pages are left out."""
    rows = (
        public_pages()
        .filter(alias_of__isnull=True, depth__gt=1)
        .order_by("path")
        .values_list("translation_key", "locale__language_code", "url_path", "last_published_at")
    )
    families: dict[object, list[tuple[str, str]]] = defaultdict(list)
    entries = []
    for key, language, url_path, changed in rows:
        path = path_of(url_path)
        if path:
            address = settings.PUBLIC_BASE_URL + path
            families[key].append((language, address))
            entries.append((key, address, changed))
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">',
    ]
    for key, address, changed in entries:
        links = "".join(
            f'<xhtml:link rel="alternate" hreflang={quoteattr(language)} href={quoteattr(other)}/>'
            for language, other in families[key]
        )
        when = f"<lastmod>{changed.date().isoformat()}</lastmod>" if changed else ""
        lines.append(f"<url><loc>{escape(address)}</loc>{when}{links}</url>")
    return "\n".join([*lines, "</urlset>"])
