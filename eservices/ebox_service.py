"""The eBox as an e-service of the core: official documents with a receipt."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.conf import settings
from django.urls import URLPattern, URLResolver, reverse
from django.utils.translation import gettext as _

from eservices.actions import dispatches, ebox
from eservices.contract import (
    ApiRoute,
    ErasureReport,
    EService,
    HeldData,
    HeldItem,
    Job,
    NavItem,
    PersonalData,
    Requirement,
    Viewer,
)
from eservices.enums import Level
from eservices.models import EboxActivation, User
from eservices.queries.copies import keeping_rule
from eservices.queries.ebox import ebox_copy, own_messages, title_in, unopened_count


class Ebox(EService):
    """Documents from the municipality, announced without their content, opened after an identification."""

    slug = "ebox"
    verbose_name = "eBox"
    icon = "mailbox"

    @property
    def requirement(self) -> Requirement:  # type: ignore[override]  # the operator's setting
        """What opening a document asks (EBOX_LEVEL)."""
        return Requirement(level=Level[settings.EBOX_LEVEL.upper()])

    def navigation(self, viewer: Viewer) -> Iterable[NavItem]:
        """The eBox with the number of documents that wait."""
        if not viewer.is_authenticated:
            return []
        return [
            NavItem(
                key="ebox",
                label="eBox",
                url=reverse("ebox"),
                position=50,
                badge=unopened_count(viewer),
            )
        ]

    def urls(self) -> Sequence[URLPattern | URLResolver]:
        """Pages of the eBox."""
        from eservices.views.ebox_urls import urlpatterns  # views need services that are ready

        return urlpatterns

    def api_routes(self) -> Sequence[ApiRoute]:
        """The same by API."""
        from eservices.api.ebox_urls import urlpatterns  # as above

        return [ApiRoute(patterns=urlpatterns)]

    def jobs(self) -> Sequence[Job]:
        """The reminder of documents that nobody opened, and what waits for the federal e-Box."""
        return [
            Job(name="ebox.remind", every=timedelta(days=1), run=ebox.remind),
            Job(name="ebox.send_waiting", every=timedelta(minutes=5), run=dispatches.send_waiting),
        ]

    def held_personal_data(self, user: User) -> Iterable[HeldData]:
        """Documents, and the address that was given."""
        held = [HeldData(label=_("Documents in the eBox"), count=own_messages(user).count())]
        if EboxActivation.objects.filter(user=user).exists():
            held.append(HeldData(label=_("Address for the eBox"), count=1))
        return held

    def export_personal_data(self, user: User) -> Iterable[PersonalData]:
        """Activation, documents with their receipts; the files themselves are in the copies of their files."""
        content = ebox_copy(user)
        if content["activation"] is None and not content["documents"]:
            return []
        return [PersonalData(name="ebox", content=content)]

    def plan_erasure(self, user: User) -> ErasureReport:
        """The address goes; a document stays as long as its file, as proof that it was delivered."""
        return ErasureReport(
            erased=[HeldItem(what=_("Address for the eBox"))]
            if EboxActivation.objects.filter(user=user).exists()
            else [],
            kept=[
                HeldItem(
                    what=title_in(row),
                    reference=row.submission.reference if row.submission else "",
                    delete_on=row.submission.purge_on if row.submission else None,
                    rule=keeping_rule(row.submission) if row.submission else "",
                    reason=_("Proof that an official document was delivered."),
                )
                for row in own_messages(user).select_related("submission__procedure")
            ],
        )

    def erase_personal_data(self, user: User, by: User | None) -> ErasureReport:
        """Forget the address."""
        report = self.plan_erasure(user)
        ebox.forget(user=user)
        return report
