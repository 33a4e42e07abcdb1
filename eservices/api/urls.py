"""Addresses below /api/v1/."""

from django.urls import URLPattern, path

from eservices.api import annexes, privacy, procedures, reviews, submissions
from eservices.api.session import SessionView

_FILE = "submissions/<str:reference>/"
_AGENT = f"agent/{_FILE}"

urlpatterns: list[URLPattern] = [
    path("session/", SessionView.as_view(), name="api-session"),
    path("procedures/", procedures.ProcedureListView.as_view(), name="api-procedures"),
    path("procedures/<slug:code>/", procedures.ProcedureView.as_view(), name="api-procedure"),
    path(
        "procedures/<slug:code>/schema/",
        procedures.ProcedureSchemaView.as_view(),
        name="api-procedure-schema",
    ),
    path("submissions/", submissions.SubmissionsView.as_view(), name="api-submissions"),
    path(_FILE, submissions.SubmissionView.as_view(), name="api-submission"),
    path(f"{_FILE}validate/", submissions.ValidateView.as_view(), name="api-submission-validate"),
    path(f"{_FILE}send/", submissions.SendView.as_view(), name="api-submission-send"),
    path(f"{_FILE}withdraw/", submissions.WithdrawView.as_view(), name="api-submission-withdraw"),
    path(f"{_FILE}pdf/", submissions.PdfView.as_view(), name="api-submission-pdf"),
    path(f"{_FILE}annexes/", annexes.AnnexesView.as_view(), name="api-annexes"),
    path(f"{_FILE}annexes/<uuid:annex_id>/", annexes.AnnexView.as_view(), name="api-annex"),
    path("privacy/", privacy.PrivacyView.as_view(), name="api-privacy"),
    path("privacy/export/", privacy.PrivacyExportView.as_view(), name="api-privacy-export"),
    path("agent/submissions/", reviews.AgentFilesView.as_view(), name="api-agent-files"),
    path(_AGENT, reviews.AgentFileView.as_view(), name="api-agent-file"),
    path(f"{_AGENT}claim/", reviews.ClaimView.as_view(), name="api-agent-claim"),
    path(f"{_AGENT}release/", reviews.ReleaseView.as_view(), name="api-agent-release"),
    path(f"{_AGENT}accept/", reviews.AcceptView.as_view(), name="api-agent-accept"),
    path(f"{_AGENT}reject/", reviews.RejectView.as_view(), name="api-agent-reject"),
]
