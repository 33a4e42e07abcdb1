"""Addresses of procedures and files; the words in them are those of the page's language."""

from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import pgettext_lazy

from eservices.views import annexes, dashboard, documents, drafts, procedures, submissions

_file_pages: list[URLPattern] = [
    path("", submissions.SubmissionView.as_view(), name="submission"),
    path("form.pdf", documents.SubmissionPdfView.as_view(), name="submission-pdf"),
    path("check/", drafts.SummaryView.as_view(), name="submission-check"),
    path("changes/", drafts.DismissChangesView.as_view(), name="submission-changes"),
    path("withdraw/", submissions.WithdrawView.as_view(), name="submission-withdraw"),
    path("delete/", drafts.DiscardView.as_view(), name="submission-discard"),
    path("annexes/<uuid:annex_id>/", annexes.AnnexView.as_view(), name="annex"),
    path("annexes/add/<str:question>/", annexes.AnnexAddView.as_view(), name="annex-add"),
    path("<str:chapter>/autosave/", drafts.AutosaveView.as_view(), name="submission-autosave"),
    path("chapter/<str:chapter>/", drafts.ChapterView.as_view(), name="submission-chapter"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path(pgettext_lazy("address", "procedures/"), procedures.procedure_list, name="procedures"),
    # For mails and posters: the page of the tree has its own word in each language.
    path("p/<slug:code>/", procedures.procedure_by_code, name="procedure"),
    path(
        pgettext_lazy("address", "my-space/"), dashboard.DashboardView.as_view(), name="dashboard"
    ),
    path(
        pgettext_lazy("address", "start/<slug:code>/"),
        drafts.StartView.as_view(),
        name="submission-start",
    ),
    path(
        pgettext_lazy("address", "forms/<slug:code>.pdf"),
        documents.EmptyPdfView.as_view(),
        name="procedure-pdf",
    ),
    path(pgettext_lazy("address", "files/<str:reference>/"), include(_file_pages)),
]
