"""The rooms of the demo: what can be booked, and a few bookings in several states."""

import io
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from wagtail.images import get_image_model

from eservices.contract import Proof, Viewer
from eservices.enums import Level, Method
from eservices.models import Membership, Team, User
from portal.demo_loading.files import DemoFile
from portal.demo_loading.places import locales, page_key
from rooms.actions import decisions
from rooms.actions.requests import Wish, request_booking
from rooms.actions.series import Recipe, plan, request_series, wanted_of
from rooms.models import (
    Booking,
    OpeningRule,
    Room,
    RoomCapacity,
    RoomExtra,
    RoomFeature,
    RoomSite,
    RoomTerms,
    RoomText,
    RoomUnit,
    Tariff,
)
from rooms.queries.clock import Span, moment, today, whole_day
from rooms.queries.weeks import monday_of

AGENT = "agent@example.org"


@transaction.atomic
def load_rooms(file: DemoFile) -> int:
    """Make the rooms that are missing, with words, photos, prices and hours; rooms that exist are left alone."""
    data = file.data
    missing = data["rooms"].keys() - set(Room.objects.values_list("code", flat=True))
    if not missing:
        return 0
    team = Team.objects.get(code="rooms")
    features = {code: _feature(file, code, spec) for code, spec in data["features"].items()}
    sites = {
        code: RoomSite.objects.get_or_create(code=code, defaults=spec)[0]
        for code, spec in data["sites"].items()
    }
    units = {
        code: RoomUnit.objects.get_or_create(
            code=code, defaults={"site": sites[spec["site"]], "name": spec["name"]}
        )[0]
        for code, spec in data["units"].items()
    }
    RoomTerms.objects.get_or_create(number=1, defaults={"texts": data["terms"]})
    for position, (code, spec) in enumerate(data["rooms"].items(), start=1):
        if code in missing:
            room = Room(
                code=code,
                name=spec["title"]["fr"],
                site=sites[spec["site"]],
                team=team,
                position=position,
                published=True,
                **spec["values"],
            )
            room.units.set([units[name] for name in spec["units"]])
            room.features.set([features[name] for name in spec["features"]])
            room.save()
            _parts(file, room, spec)
            _texts(file, room, spec)
    return len(missing)


def _feature(file: DemoFile, code: str, spec: Mapping[str, Any]) -> RoomFeature:
    values = {
        "kind": spec["kind"],
        "icon": spec["icon"],
        "names": file.words(spec, "name", f"features/{code}"),
    }
    return RoomFeature.objects.get_or_create(code=code, defaults=values)[0]


def _parts(file: DemoFile, room: Room, spec: Mapping[str, Any]) -> None:
    """Make capacities, hours, prices and extras of a room."""
    RoomCapacity.objects.bulk_create(
        RoomCapacity(room=room, layout=layout, persons=persons)
        for layout, persons in spec["capacities"].items()
    )
    hours = spec["hours"]
    opens, closes = time.fromisoformat(hours["opens"]), time.fromisoformat(hours["closes"])
    OpeningRule.objects.bulk_create(
        OpeningRule(room=room, weekday=day, opens=opens, closes=closes) for day in hours["days"]
    )
    Tariff.objects.bulk_create(Tariff(room=room, **tariff) for tariff in spec["tariffs"])
    RoomExtra.objects.bulk_create(
        RoomExtra(
            room=room,
            code=code,
            names=file.words(extra, "name", f"rooms/{room.code}/extras/{code}"),
            amount_cents=extra["amount_cents"],
            max_count=extra.get("max_count", 1),
        )
        for code, extra in spec.get("extras", {}).items()
    )


def _texts(file: DemoFile, room: Room, spec: Mapping[str, Any]) -> None:
    """Write the words of a room in all languages, with a drawing as its photo."""
    node = f"rooms/{room.code}"
    words = {
        name: file.words(spec, name, node) for name in ("title", "summary", "description", "access")
    }
    image = _photo(room.code, words["title"]["fr"])
    block = {"type": "photo", "value": {"image": image.pk, "decorative": True, "alt_text": ""}}
    RoomText.objects.bulk_create(
        RoomText(
            room=room,
            locale=locale,
            translation_key=page_key("room", room.code),
            photos=[block],
            **{name: text[code] for name, text in words.items()},
        )
        for code, locale in locales().items()
    )


#: Wall, floor, curtain of each drawing.
COLOURS = {
    "kiosque": ("#e9e2d3", "#b98b5a", "#0c5668"),
    "kiosque-a": ("#dfe8e6", "#a97c50", "#7a3b2e"),
    "kiosque-b": ("#efe5dc", "#96714c", "#2b6b3f"),
    "mariages": ("#e6dcc8", "#6d4a2f", "#7d1d2b"),
    "atelier": ("#f1f0ea", "#c2b59b", "#b7791f"),
    "pre": ("#cfe4ee", "#7fa65a", "#3d6b35"),
}


def _photo(code: str, title: str) -> Any:
    """Return a drawing of the room as an image of the library, made once."""
    from PIL import Image, ImageDraw  # heavy, and needed by the demo only

    images = get_image_model()
    known = images.objects.filter(title=title).first()
    if known is not None:
        return known
    wall, floor, cloth = COLOURS[code]
    picture = Image.new("RGB", (960, 640), wall)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 430, 960, 640), fill=floor)
    if code == "pre":
        draw.ellipse((700, 60, 800, 160), fill="#f6d77a")
        for x in (90, 260, 640, 830):
            draw.rectangle((x + 42, 330, x + 58, 440), fill="#6d4a2f")
            draw.ellipse((x, 210, x + 100, 350), fill=cloth)
        draw.polygon([(360, 440), (480, 300), (600, 440)], fill="#f7f5ef")
    else:
        for x in (90, 350, 610):
            draw.rectangle((x, 90, x + 220, 360), fill="#f9fbfb")
            draw.line((x + 110, 90, x + 110, 360), fill=wall, width=8)
            draw.line((x, 220, x + 220, 220), fill=wall, width=8)
            draw.polygon([(x - 26, 70), (x + 34, 70), (x + 4, 385), (x - 26, 385)], fill=cloth)
            draw.polygon([(x + 246, 70), (x + 186, 70), (x + 216, 385), (x + 246, 385)], fill=cloth)
        for x in (120, 400, 680):
            draw.ellipse((x, 470, x + 180, 520), fill="#f7f5ef")
            draw.rectangle((x + 84, 500, x + 96, 590), fill="#4a3828")
            for chair in (x - 40, x + 180):
                draw.rectangle((chair, 480, chair + 36, 550), fill=cloth)
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=85)
    image = images(title=title)
    image.file = ContentFile(content.getvalue(), name=f"room-{code}.jpg")
    image.save()
    return image


@transaction.atomic
def load_bookings(file: DemoFile) -> int:
    """Make the bookings of the demo once, as people and agents would."""
    if Booking.objects.exists():
        return 0
    now = timezone.now()
    begin = monday_of(today()) + timedelta(days=14)
    agent = User.objects.get(email=AGENT)
    for number, spec in enumerate(file.data["bookings"]):
        booking = request_booking(
            viewer=_viewer(spec["by"], now),
            room=Room.objects.get(code=spec["room"]),
            spans=[_span(spec, begin)],
            wish=_wish(spec),
            key=f"demo-{number}",
            locale="fr",
            now=now,
        )[0]
        _decide(booking, spec, agent, begin)
    _series(file.data["series"], begin, now)
    return len(file.data["bookings"]) + 1


def _decide(booking: Booking, spec: Mapping[str, Any], agent: User, begin: date) -> None:
    """Let an agent decide on a booking as the demo says: `pay` and `confirm` both accept it."""
    what, revision = spec.get("then"), booking.revision
    if what in ("pay", "confirm"):
        decisions.confirm(booking=booking, by=agent, revision=revision)
    elif what == "decline":
        decisions.decline(booking=booking, by=agent, revision=revision, reason=spec["reason"])
    elif what == "propose":
        span = _span(spec["to"], begin)
        decisions.propose(
            booking=booking, by=agent, revision=revision, span=span, reason=spec["reason"]
        )


def _series(spec: Mapping[str, Any], begin: date, now: datetime) -> None:
    room = Room.objects.get(code=spec["room"])
    recipe = Recipe(
        first=begin + timedelta(days=spec["day"]),
        start=time(spec["from"]),
        end=time(spec["until"]),
        count=spec["times"],
    )
    planned = [row for row in plan(room, wanted_of(recipe), now=now) if row.is_free]
    request_series(
        viewer=_viewer(spec["by"], now),
        room=room,
        planned=planned,
        wish=_wish(spec),
        key="demo-series",
        locale="fr",
        rule=recipe.to_json(),
        now=now,
    )


def _span(spec: Mapping[str, Any], begin: date) -> Span:
    day = begin + timedelta(days=spec["day"])
    if spec.get("whole"):
        return whole_day(day)
    return Span(moment(day, time(spec["from"])), moment(day, time(spec["until"])))


def _wish(spec: Mapping[str, Any]) -> Wish:
    return Wish(
        purpose=spec["purpose"],
        attendees=spec["people"],
        public_title=spec.get("title", ""),
        terms=1,
    )


def _viewer(name: str, now: datetime) -> Viewer:
    """Return somebody of the demo who has just logged in; who belongs to an association acts for it."""
    user = User.objects.get(email=f"{name}@example.org")
    proof = Proof(method=Method.MAIL_CODE, level=Level.LOW, at=now)
    membership = Membership.objects.filter(user=user, state="confirmed").first()
    profile = membership.profile if membership else user.citizen_profile
    return Viewer(
        user=user, profile=profile, level=Level.LOW, proofs=(proof,), membership=membership
    )
