"""The content API: questions, search, menus. Readable by anyone, without cookies, and kept by readers (ETag)."""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cms_pages.queries import footer_links, menu
from eservices.actions import ratelimits
from faq import queries, search, serializers
from faq.actions import tell_helpful
from faq.caching import versioned
from faq.errors import QueryInvalid
from faq.models import Audience

LANGUAGE_CODES = [code for code, _name in settings.LANGUAGES]
LOCALE = OpenApiParameter(
    "locale", str, enum=LANGUAGE_CODES, description="Language of the content."
)
QUERY = OpenApiParameter("q", str, required=True, description="What to look for.")
NOT_MODIFIED = OpenApiResponse(description="Nothing changed since the ETag that was sent.")
PROBLEM = OpenApiResponse(description="A problem document (RFC 9457) with a stable code.")
#: How many opinions one address may give: enough for a family, too few to bend the counts.
FEEDBACK_LIMIT, FEEDBACK_WINDOW = 20, timedelta(hours=1)


class ContentView(APIView):
    """Base of public answers: nobody is asked who they are, so that caches may keep the answer."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    def language(self) -> str:
        """Return the language asked for; the main one without a word. Raises UnknownLanguage."""
        return queries.check_language(
            self.request.query_params.get("locale", settings.LANGUAGE_CODE)
        )


class QuestionListView(ContentView):
    """All questions of a language."""

    @extend_schema(
        operation_id="faq_list",
        summary="Questions of a language with their answers",
        tags=["content"],
        parameters=[
            LOCALE,
            OpenApiParameter("audience", str, enum=Audience.values),
            OpenApiParameter("category", str, description="Id or slug of a group."),
        ],
        responses={
            200: serializers.QuestionListSerializer,
            304: NOT_MODIFIED,
            404: PROBLEM,
            422: PROBLEM,
        },
    )
    def get(self, request: Request) -> HttpResponse:
        """Answer from the cache, else read it all."""
        language = self.language()
        audience = request.query_params.get("audience", "")
        category = request.query_params.get("category", "")[:255]
        if audience and audience not in Audience.values:
            raise QueryInvalid(field="audience", name="audience")
        return versioned(
            request,
            f"faq:{language}:{audience}:{category}",
            lambda _version: queries.questions(language, audience=audience, category=category),
        )


class QuestionView(ContentView):
    """One question."""

    @extend_schema(
        operation_id="faq_detail",
        summary="One question with its translations and JSON-LD",
        tags=["content"],
        parameters=[LOCALE],
        responses={200: serializers.QuestionDetailSerializer, 304: NOT_MODIFIED, 404: PROBLEM},
    )
    def get(self, request: Request, key: uuid.UUID) -> HttpResponse:
        """Answer from the cache, else read it."""
        language = self.language()
        return versioned(
            request, f"faq:{language}:{key}", lambda _version: queries.question(key, language)
        )


class FeedbackView(ContentView):
    """Whether an answer helped."""

    @extend_schema(
        operation_id="faq_feedback",
        summary="Say whether an answer helped",
        tags=["content"],
        request=serializers.FeedbackSerializer,
        responses={204: None, 404: PROBLEM, 422: PROBLEM, 429: PROBLEM},
    )
    def post(self, request: Request, key: uuid.UUID) -> Response:
        """Count it; an address may do so twenty times an hour."""
        sent = serializers.FeedbackSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        language = queries.check_language(sent.validated_data["locale"])
        count_feedback(request.META.get("REMOTE_ADDR", ""))
        tell_helpful(key=key, language=language, helpful=sent.validated_data["helpful"])
        return Response(status=204)


def count_feedback(address: str) -> None:
    """Count one opinion of an address; raises TooMany."""
    ratelimits.allow(
        bucket="faq-feedback", key=address, limit=FEEDBACK_LIMIT, window=FEEDBACK_WINDOW
    )


class SearchView(ContentView):
    """Search over all public pages."""

    @extend_schema(
        operation_id="search",
        summary="Search pages of a language",
        tags=["content"],
        parameters=[
            LOCALE,
            QUERY,
            OpenApiParameter("kind", str, description="faq, help, page or procedure"),
        ],
        responses={200: serializers.SearchSerializer, 304: NOT_MODIFIED, 404: PROBLEM},
    )
    def get(self, request: Request) -> HttpResponse:
        """Rank the pages; typing errors are put right when nothing is found."""
        language = self.language()
        query = request.query_params.get("q", "")[: search.MAX_QUERY]
        kind = request.query_params.get("kind", "")[:20]

        def build(version: str) -> dict[str, Any]:
            found = search.search(query, language, kind=kind, version=version)
            return {
                "query": query,
                "corrected": found.corrected,
                "count": len(found.hits),
                "results": [search.as_json(hit) for hit in found.hits],
            }

        return versioned(request, f"search:{language}:{kind}:{query}", build, keep=False)


class SuggestView(ContentView):
    """Suggestions while somebody types."""

    @extend_schema(
        operation_id="suggest",
        summary="Pages whose title begins like this",
        tags=["content"],
        parameters=[LOCALE, QUERY],
        responses={200: serializers.SuggestSerializer, 304: NOT_MODIFIED, 404: PROBLEM},
    )
    def get(self, request: Request) -> HttpResponse:
        """Return at most six pages."""
        language = self.language()
        query = request.query_params.get("q", "")[: search.MAX_QUERY]
        return versioned(
            request,
            f"suggest:{language}:{query}",
            lambda version: {
                "results": [
                    search.as_json(hit) for hit in search.suggest(query, language, version=version)
                ]
            },
            keep=False,
        )


class FindView(ContentView):
    """What stands at an address."""

    @extend_schema(
        operation_id="content_find",
        summary="Find the page or redirect of a path, whatever its language",
        tags=["content"],
        parameters=[
            OpenApiParameter("path", str, required=True, description="For example /fr/aide/")
        ],
        responses={200: serializers.FoundSerializer, 304: NOT_MODIFIED, 404: PROBLEM},
    )
    def get(self, request: Request) -> HttpResponse:
        """Look in the tree of the path's language, then among redirects."""
        path = request.query_params.get("path", "")[:2000]
        return versioned(request, f"find:{path}", lambda _version: queries.find(path), keep=False)


class MenuView(ContentView):
    """The menus of a language."""

    @extend_schema(
        operation_id="menu",
        summary="Main menu and footer of a language",
        tags=["content"],
        parameters=[LOCALE],
        responses={200: serializers.MenuSerializer, 304: NOT_MODIFIED, 404: PROBLEM},
    )
    def get(self, request: Request) -> HttpResponse:
        """Return what editors put into the menus."""
        language = self.language()
        return versioned(
            request,
            f"menu:{language}",
            lambda _version: {
                "locale": language,
                "main": menu(language),
                "footer": footer_links(language),
            },
        )


class LocaleListView(ContentView):
    """The languages of the portal."""

    @extend_schema(
        operation_id="locales",
        summary="Languages of the portal",
        tags=["content"],
        responses={200: serializers.LocaleListSerializer, 304: NOT_MODIFIED},
    )
    def get(self, request: Request) -> HttpResponse:
        """Return them in their order, the main one first."""
        return versioned(
            request,
            "locales",
            lambda _version: {
                "results": [
                    {
                        "code": code,
                        "name": name,
                        "is_default": code == settings.LANGUAGE_CODE,
                        "url": f"/{code}/",
                    }
                    for code, name in settings.LANGUAGES
                ]
            },
        )
