"""StreamFields whose block definitions stay out of the migrations: forms of procedures, bodies of pages."""

from typing import Any

from wagtail.fields import StreamField


class BlocksField(StreamField):
    """A StreamField that migrations know as the JSON column that it is.

    Blocks change often and are no matter of the database. A historical model therefore reads and writes the plain JSON;
    dropping only the blocks would make a data migration read an empty value and wipe every page. The price: a data
    migration walks the JSON itself, in the page rows, in `Revision.content` and in `TranslationSource.content_json`.
    """

    def __init__(self, block_types: Any = (), **kwargs: Any) -> None:
        super().__init__(block_types or [], **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Describe the column, not the blocks."""
        name, _path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, "django.db.models.JSONField", [], kwargs
