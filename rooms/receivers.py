"""What calendars and letters of the rooms listen to: changes of bookings, of words, and of who may read."""

from collections.abc import Iterable
from typing import Any

from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone

from eservices.models import Team, User
from rooms.actions import calendars, feed_tokens, letters, moves
from rooms.feeds.sources import TOMBSTONES
from rooms.models import EventFragment, Room, RoomFeature, RoomSite, RoomText

moves.on_change(calendars.booking_changed)
moves.on_change(letters.booking_changed)
moves.on_block_change(calendars.block_changed)


@receiver(post_save, sender=RoomText, dispatch_uid="rooms.text-saved")
@receiver(post_save, sender=Room, dispatch_uid="rooms.room-saved")
def write_room_again(sender: Any, instance: Room | RoomText, **kwargs: Any) -> None:
    """Its name stands in the events of its calendar."""
    if kwargs.get("raw"):
        return
    _write_again([instance.room_id if isinstance(instance, RoomText) else instance.pk])


def _write_again(rooms: Iterable[int]) -> None:
    """Calendars are called after the room at once; the worker writes their events."""
    keys = set(rooms)
    calendars.raise_versions(rooms=keys)
    for key in (
        EventFragment.objects.filter(room__in=keys).values_list("room", flat=True).distinct()
    ):
        calendars.rewrite_room.enqueue(key)


@receiver(post_save, sender=RoomSite, dispatch_uid="rooms.site-saved")
def write_site_again(sender: Any, instance: RoomSite, **kwargs: Any) -> None:
    """So does the address of its site."""
    if not kwargs.get("raw"):
        _write_again(instance.rooms.values_list("pk", flat=True))


@receiver(post_save, sender=RoomFeature, dispatch_uid="rooms.feature-saved")
def call_calendars_anew(sender: Any, instance: RoomFeature, **kwargs: Any) -> None:
    """Calendars of rooms with a tag are called after the tag."""
    if not kwargs.get("raw"):
        calendars.raise_versions(rooms=instance.rooms.values_list("pk", flat=True))


@receiver(post_delete, sender=EventFragment, dispatch_uid="rooms.event-deleted")
def tell_of_deleted(sender: Any, instance: EventFragment, **kwargs: Any) -> None:
    """A booking or a block was deleted with its events: calendars that showed them have changed."""
    if instance.gone_at is not None and instance.gone_at < timezone.now() - TOMBSTONES:
        return
    room_goes = isinstance(kwargs.get("origin"), Room)
    profiles = [instance.profile_id] if instance.profile_id else []
    if not room_goes:
        calendars.raise_versions(rooms=[instance.room_id], profiles=profiles)


@receiver(m2m_changed, sender=Team.members.through, dispatch_uid="rooms.team-changed")
def end_addresses_of_agents(
    sender: Any, instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **kwargs: Any
) -> None:
    """Who leaves a team loses the calendars of its rooms."""
    if action not in ("post_remove", "post_clear"):
        return
    if reverse:
        users = User.objects.filter(pk=instance.pk)
    else:
        users = User.objects.filter(pk__in=pk_set) if pk_set else User.objects.all()
    feed_tokens.end_lost(users=users)


@receiver(post_save, sender=User, dispatch_uid="rooms.account-closed")
def end_addresses_of_closed_accounts(sender: Any, instance: User, **kwargs: Any) -> None:
    """A closed account has no private addresses, and gets none back when it is opened again."""
    if not instance.is_active and not kwargs.get("raw"):
        feed_tokens.end_lost(users=User.objects.filter(pk=instance.pk))
