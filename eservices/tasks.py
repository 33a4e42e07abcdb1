"""The one door to background work (Django Tasks API); tasks take ids, fetch and call one action."""

from django_tasks import task

__all__ = ["task"]
