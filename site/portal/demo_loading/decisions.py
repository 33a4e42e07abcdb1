"""What agents of the demo start from: ready texts, and templates of decisions."""

from typing import Any

from django.db import transaction

from eservices.actions.decision_documents import write_version
from eservices.models import DecisionReason, DocumentTemplate, Procedure
from portal.demo_loading.files import LANGUAGES, DemoFile

Raw = dict[str, Any]


@transaction.atomic
def load_texts(site: DemoFile) -> int:
    """Put the ready texts into the library; those that are there are left to the editors."""
    count = 0
    for position, spec in enumerate(site.data["ready_texts"], start=1):
        node = f"ready_texts/{spec['id']}"
        _row, created = DecisionReason.objects.get_or_create(
            code=spec["id"].replace("_", "-"),
            defaults={
                "use": spec["use"],
                "labels": site.words(spec, "label", node),
                "texts": site.words(spec, "text", node),
                "position": position,
            },
        )
        count += created
    return count


@transaction.atomic
def load_templates(file: DemoFile) -> int:
    """Make the templates that are missing, each with a first version; later versions belong to the editors."""
    count = 0
    for spec in file.data["templates"]:
        node = f"templates/{spec['code']}"
        procedure = None
        if "procedure" in spec:
            procedure = Procedure.objects.filter(code=spec["procedure"]).first()
            if procedure is None:
                raise file.fail(node, f"there is no procedure “{spec['procedure']}”.")
        template, created = DocumentTemplate.objects.get_or_create(
            code=spec["code"],
            defaults={
                "names": file.words(spec, "name", node),
                "procedure": procedure,
                "outcome": spec["outcome"],
            },
        )
        if created:
            write_version(template=template, texts=_texts(file, spec, node), by=None)
        count += created
    return count


def _texts(file: DemoFile, spec: Raw, node: str) -> Raw:
    """Return title, body and closing by language; a blank line stands between paragraphs."""
    titles = file.words(spec, "title", node)
    parts = {
        name: [file.words({name: item}, name, node) for item in spec[name]]
        for name in ("body", "closing")
    }
    return {
        language: {
            "title": titles[language],
            **{
                name: "\n\n".join(item[language] for item in items) for name, items in parts.items()
            },
        }
        for language in LANGUAGES
    }
