"""Files of the demo at every stage, made by the same actions as people's."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import yaml
from django.db import transaction
from django.utils import timezone

from eservices.actions import annexes, drafts, reviews, submissions
from eservices.contract import Proof, Viewer
from eservices.enums import Level, Method
from eservices.models import DecisionReason, Procedure, Submission, User
from eservices.queries.procedures import structure_of
from eservices.queries.profiles import memberships_of
from eservices.questions.forms import ChapterResult
from eservices.questions.structure import QuestionSpec
from portal.demo_loading import life
from portal.demo_loading.files import DEMO
from portal.demo_loading.pictures import picture

AGENT = "agent@example.org"
Raw = dict[str, Any]


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
    procedure = Procedure.objects.get(code=data["procedure"])
    level = Level(procedure.required_level)
    method = Method.MAIL_CODE if level <= Level.LOW else Method.EID
    proof = Proof(method=method, level=max(level, Level.LOW), at=timezone.now())
    viewer = _viewer(user, data.get("space"), proof)
    draft = drafts.start(procedure=procedure, viewer=viewer, locale=user.language, another=True)
    specs = {spec.key: spec for spec in structure_of(draft.version).questions()}
    answers = {specs[key].id: _answer(specs[key], value) for key, value in data["answers"].items()}
    result = ChapterResult(answers=answers, unfinished={}, touched=frozenset(answers))
    draft = drafts.save(submission=draft, result=result, base_revision=draft.revision, by=user)
    for key, name in data.get("documents", {}).items():
        annexes.add(submission=draft, question=specs[key].id, uploaded=picture(name), by=user)
    draft.refresh_from_db()
    if data["act"] == "save":
        return draft
    file = submissions.submit(
        submission=draft, viewer=viewer, revision=draft.revision, locale=user.language
    )
    agent = User.objects.get(email=AGENT)
    file = _decide(file, data, agent)
    if "inform" in data:
        life.inform(file, data["inform"], agent)
    life.live_on(file, data.get("then", []), agent)
    return file


def _viewer(user: User, space: str | None, proof: Proof) -> Viewer:
    """Return the person as oneself, or in the name of the organisation with this enterprise number."""
    if space is None:
        return Viewer(user=user, profile=user.citizen_profile, level=proof.level, proofs=(proof,))
    membership = memberships_of(user).get(profile__organisation__bce_number=space)
    return Viewer(
        user=user,
        profile=membership.profile,
        membership=membership,
        level=proof.level,
        proofs=(proof,),
    )


def _decide(file: Submission, data: Mapping[str, Any], agent: User) -> Submission:
    act = data["act"]
    if act == "send":
        return file
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
    if isinstance(value, Mapping):
        return {name: _answer(spec, part) for name, part in value.items()}
    if isinstance(value, str) and value.startswith("today"):
        day = timezone.localdate() + timedelta(days=int(value.removeprefix("today") or 0))
        return day.isoformat()
    return options.get(value, value) if isinstance(value, str) else json.loads(json.dumps(value))
