"""The parts of the demo in their order."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from time import monotonic

from django.core.management import call_command
from django.db.models.signals import post_save
from modelsearch import index
from modelsearch.signal_handlers import post_save_signal_handler
from wagtail.signal_handlers import disable_reference_index_auto_update

from portal.demo_loading import casework, decisions, files, home, pages, people, rooms, spaces
from portal.demo_loading.procedures import load_procedures


@contextmanager
def quiet_indexes() -> Iterator[None]:
    """Do not queue a task per page for Wagtail's own indexes: they are rebuilt once at the end."""
    models = [
        model for model in index.get_indexed_models() if getattr(model, "search_auto_update", True)
    ]
    for model in models:
        post_save.disconnect(post_save_signal_handler, sender=model)
    try:
        with disable_reference_index_auto_update():
            yield
    finally:
        for model in models:
            post_save.connect(post_save_signal_handler, sender=model)


def load_all(say: Callable[[str], None]) -> int:
    """Load the demo; `say` gets a line for each part. Returns how many things changed (0: nothing was to do)."""
    total = 0

    def part(name: str, work: Callable[[], int]) -> None:
        nonlocal total
        start = monotonic()
        count = work()
        total += count
        say(f"{name}: {count} changed in {monotonic() - start:.1f} s")

    site = files.read(files.DEMO / "site.yaml")
    shots = files.shots_hash()
    questions = files.read_folder("faq", salt=shots)
    guides = files.read_folder("help", salt=shots)
    procedures = files.read_folder("procedures")
    documents = files.read(files.DEMO / "decisions.yaml")
    halls = files.read(files.DEMO / "rooms.yaml")
    with quiet_indexes():
        part("terms", people.load_terms)
        part("teams", lambda: people.load_teams(site))
        part("people", people.load_people)
        part("numbers", people.load_numbers)
        part("spaces", spaces.load_spaces)
        part("ready texts", lambda: decisions.load_texts(site))
        homes = home.ensure_homes(site)
        part("help", lambda: pages.load_pages(site, homes, questions, guides))
        part("procedures", lambda: load_procedures([file.data for file in procedures]))
        part("templates", lambda: decisions.load_templates(documents))
        part("files", casework.load_casework)
        part("rooms", lambda: rooms.load_rooms(halls))
        part("bookings", lambda: rooms.load_bookings(halls))
        part("start pages", lambda: home.load_homes(site, homes))
    if total:
        part("indexes", _indexes)
    return total


def _indexes() -> int:
    call_command("rebuild_search", verbosity=0, stdout=StringIO())
    call_command("update_index", verbosity=0)
    call_command("rebuild_references_index", verbosity=0)
    return 0
