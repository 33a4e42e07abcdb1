"""How much memory a worker takes that exports 10,000 files, in both formats: read from the operating system.

Memory is what the process holds for itself (RssAnon of Linux): the code of shared libraries, which all processes of the
house map from the same files, is not counted. (`ru_maxrss` would not do: a child inherits that of its parent.)
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connections
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from eservices.actions import exports
from eservices.enums import ExportFormat, ExportState, MailState
from eservices.models import Export, OutgoingMail
from tests.eservices.test_worker import wait_until
from tests.factories.many import make_many
from tests.factories.teams import make_team_agent

FILES = 10_000
#: What the whole worker may hold while it exports, what it has imported included, in MB.
MOST = 150
#: The same worker once it has composed a letter too, for which it loads all addresses and templates.
MOST_LATER = 170
WORKER = Path(__file__).parents[1] / "worker_memory.py"


def held(pid: int) -> dict[str, float]:
    """Return the memory of a process in MB: its own now ("RssAnon"), and the peak of all ("VmHWM")."""
    lines = (line.split() for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return {
        name[:-1]: int(rest[0]) / 1024 for name, *rest in lines if name in {"RssAnon:", "VmHWM:"}
    }


@pytest.mark.feature("B8")
@pytest.mark.django_db(transaction=True)
def test_a_worker_exports_ten_thousand_files_in_less_than_150_mb(own_files):
    (team,) = make_many(FILES, teams=1)
    agent = make_team_agent()
    team.members.add(agent)
    DBTaskResult.objects.all().delete()  # letters about the file that the others are copied from
    OutgoingMail.objects.all().delete()
    for format in ExportFormat:
        exports.ask_for_files(
            user=agent,
            format=format,
            filters={"procedure": team.procedures.get().code},
            columns=[
                "reference",
                "introduced_by",
                "state",
                "sent",
                "answer.q-name",
                "answer.q-note",
            ],
            language="fr",
        )
    database = connections["default"].settings_dict["NAME"]
    seen: list[dict[str, float]] = []
    later: list[dict[str, float]] = []

    worker = subprocess.Popen(
        [sys.executable, str(WORKER), str(database), str(own_files / "private")],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:

        def done() -> bool:
            assert worker.poll() is None, "the worker lives"
            exporting = not ready().exists()
            (seen if exporting else later).append(held(worker.pid))
            return not unfinished().exists()

        wait_until(done, 300)
    finally:
        worker.terminate()
        worker.wait(30)

    assert {row.format for row in ready()} == set(ExportFormat)
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {MailState.SENT}
    told = f"{told_of(seen)}; with letters {told_of(later)}"
    print(told)  # noqa: T201  shown with -s
    assert max(sample["RssAnon"] for sample in seen) < MOST, told
    assert max(sample["RssAnon"] for sample in later) < MOST_LATER, told


def told_of(samples):
    """The peaks in words."""
    own, whole = (max(sample[name] for sample in samples) for name in ("RssAnon", "VmHWM"))
    return f"{own:.0f} MB of its own, {whole:.0f} MB with shared libraries"


def ready():
    """The exports that are complete."""
    return Export.objects.filter(state=ExportState.READY, done=FILES + 1)


def unfinished():
    """The tasks that the worker has still to do."""
    return DBTaskResult.objects.exclude(
        status__in=(TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED)
    )
