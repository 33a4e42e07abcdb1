"""Files of the demo at every stage, made by the same actions as people's; and the library of reasons."""

import io
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from eservices.actions import annexes, drafts, reviews, submissions
from eservices.contract import Viewer
from eservices.enums import Level
from eservices.models import DecisionReason, Procedure, Submission, User
from eservices.queries.procedures import structure_of
from eservices.questions.forms import ChapterResult
from eservices.questions.structure import QuestionSpec
from portal.demo_loading.files import DEMO, DemoFile

AGENT = "agent@example.org"
Raw = dict[str, Any]


@transaction.atomic
def load_reasons(site: DemoFile) -> int:
    """Put the ready reasons for refusals into the library; those that are there are left to the editors."""
    count = 0
    for position, spec in enumerate(site.data["refusal_reasons"], start=1):
        node = f"refusal_reasons/{spec['id']}"
        _row, created = DecisionReason.objects.get_or_create(
            code=spec["id"].replace("_", "-"),
            defaults={
                "labels": site.words(spec, "label", node),
                "texts": {
                    language: " ".join(text.split("\n"))
                    for language, text in site.words(spec, "text", node).items()
                },
                "position": position,
            },
        )
        count += created
    return count


@transaction.atomic
def load_casework() -> int:
    """Make the demo's files, once: people who have files keep theirs."""
    if Submission.objects.exists():
        return 0
    rows = yaml.safe_load((DEMO / "files.yaml").read_text(encoding="utf-8"))
    for row in rows:
        _make(row)
    return len(rows)


def _make(data: Mapping[str, Any]) -> Submission:
    user = User.objects.select_related("citizen_profile").get(email=data["person"])
    viewer = Viewer(user=user, profile=user.citizen_profile, level=Level.LOW)
    procedure = Procedure.objects.get(code=data["procedure"])
    draft = drafts.start(procedure=procedure, viewer=viewer, locale=user.language, another=True)
    specs = {spec.key: spec for spec in structure_of(draft.version).questions()}
    answers = {specs[key].id: _answer(specs[key], value) for key, value in data["answers"].items()}
    result = ChapterResult(answers=answers, unfinished={}, touched=frozenset(answers))
    draft = drafts.save(submission=draft, result=result, base_revision=draft.revision, by=user)
    for key, name in data.get("documents", {}).items():
        annexes.add(submission=draft, question=specs[key].id, uploaded=_picture(name), by=user)
    draft.refresh_from_db()
    if data["act"] == "save":
        return draft
    file = submissions.submit(
        submission=draft, viewer=viewer, revision=draft.revision, locale=user.language
    )
    return _decide(file, data)


def _decide(file: Submission, data: Mapping[str, Any]) -> Submission:
    act = data["act"]
    if act == "send":
        return file
    agent = User.objects.get(email=AGENT)
    file = reviews.claim(submission=file, by=agent)
    if act == "accept":
        return reviews.accept(submission=file, by=agent, note=data["note"])
    if act == "reject":
        reason = DecisionReason.objects.get(code=data["reason"].replace("_", "-"))
        return reviews.reject(submission=file, by=agent, reason=reason.text_in(file.locale))
    return file


def _answer(spec: QuestionSpec, value: Any) -> Any:
    """Return an answer with the frozen ids of options and columns, and days as dates."""
    options = {option.key: option.id for option in spec.options}
    if spec.columns:
        columns = {column.key: column for column in spec.columns}
        return [
            {columns[key].id: _answer(columns[key], cell) for key, cell in row.items()}
            for row in value
        ]
    if isinstance(value, list):
        return [options[item] for item in value]
    if isinstance(value, str) and value.startswith("today"):
        day = timezone.localdate() + timedelta(days=int(value.removeprefix("today") or 0))
        return day.isoformat()
    return options.get(value, value) if isinstance(value, str) else json.loads(json.dumps(value))


def _picture(name: str) -> SimpleUploadedFile:
    """Return a small drawing as a document that people could have sent."""
    from PIL import Image, ImageDraw  # heavy, and needed by the demo only

    image = Image.new("RGB", (1200, 800), "#f7f5ef")
    draw = ImageDraw.Draw(image)
    draw.rectangle((80, 80, 1120, 720), outline="#0c5668", width=6)
    for place in ((240, 220), (560, 300), (860, 520)):
        draw.ellipse(
            (place[0], place[1], place[0] + 130, place[1] + 130), outline="#2b6b3f", width=6
        )
    draw.line((80, 640, 1120, 560), fill="#b7791f", width=10)
    content = io.BytesIO()
    image.save(content, "JPEG", quality=80)
    return SimpleUploadedFile(f"{name}.jpg", content.getvalue(), content_type="image/jpeg")
