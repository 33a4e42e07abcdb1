"""What several windows type into the same answers: merged by question, or refused with both values."""

from collections.abc import Mapping
from typing import Any

from eservices.errors import DraftClash
from eservices.queries.submissions import Content
from eservices.questions.forms import ChapterResult
from eservices.questions.merge import Clash, merge, same


def merged(
    *, base: Content | None, result: ChapterResult, saved: Content, revision: int
) -> Content | None:
    """Return `saved` with what one window sends put in; None when nothing changes by that.

    `base` is what this window started from; without it every difference is a clash. Where both sides changed the same
    question in different ways DraftClash is raised, with `clashes` (question id to questions.merge.Clash), the
    `revision` that is saved now and `content`: the merge with this window's values, to be shown again.
    """
    theirs = _pack(saved.answers, saved.unfinished)
    mine = _pack(result.applied_to(saved.answers), result.unfinished_applied_to(saved.unfinished))
    before = {} if base is None else _pack(base.answers, base.unfinished)
    found = merge(before, mine, theirs)
    if found.clashes:
        shown = found.merged | {name: clash.mine for name, clash in found.clashes.items()}
        raise DraftClash(
            clashes={
                name: Clash(mine=_value(clash.mine), theirs=_value(clash.theirs))
                for name, clash in found.clashes.items()
            },
            revision=revision,
            content=_unpack(shown, saved.set_aside),
        )
    return None if same(found.merged, theirs) else _unpack(found.merged, saved.set_aside)


def _pack(answers: Mapping[str, Any], unfinished: Mapping[str, Any]) -> dict[str, Any]:
    """Put answer and unfinished text of each question together: they are merged as one."""
    packed: dict[str, Any] = {name: {"answer": answer} for name, answer in answers.items()}
    for name, raw in unfinished.items():
        packed.setdefault(name, {})["unfinished"] = raw
    return packed


def _unpack(packed: Mapping[str, Any], set_aside: dict[str, Any]) -> Content:
    present = {name: value for name, value in packed.items() if value}
    return Content(
        answers={n: v["answer"] for n, v in present.items() if "answer" in v},
        unfinished={n: v["unfinished"] for n, v in present.items() if "unfinished" in v},
        set_aside=set_aside,
    )


def _value(packed: dict[str, Any] | None) -> Any:
    """Return what one side holds for a question, as it was typed if that is not well formed."""
    return packed.get("unfinished", packed.get("answer")) if packed else None
