"""The shapes of the content API, for its documentation (OpenAPI); answers are built by faq/queries.py."""

from rest_framework import serializers


class CategorySerializer(serializers.Serializer):
    """The group of a question."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    title = serializers.CharField()


class RelatedSerializer(serializers.Serializer):
    """A related question."""

    id = serializers.UUIDField()
    question = serializers.CharField()
    url = serializers.CharField()


class QuestionSerializer(serializers.Serializer):
    """A question in one language. `answer` is a list of nodes {id, type, …}; `url` is a path of the portal."""

    id = serializers.UUIDField(help_text="The same in all languages.")
    locale = serializers.CharField()
    question = serializers.CharField()
    short_answer = serializers.CharField(help_text="At most 40 words, without markup.")
    category = CategorySerializer()
    audience = serializers.CharField(help_text="everybody, citizens, parents or organisations")
    source = serializers.CharField(  # type: ignore[assignment]  # a field of that name, not the option
        help_text="ours, federal or provider"
    )
    checked_on = serializers.DateField(allow_null=True)
    url = serializers.CharField()
    answer = serializers.ListField(child=serializers.DictField())
    related = RelatedSerializer(many=True)


class QuestionDetailSerializer(QuestionSerializer):
    """A question with its translations by language, and schema.org data."""

    translations = serializers.DictField(child=serializers.DictField())
    json_ld = serializers.DictField()


class QuestionListSerializer(serializers.Serializer):
    """All questions of a language."""

    locale = serializers.CharField()
    count = serializers.IntegerField()
    categories = CategorySerializer(many=True)
    results = QuestionSerializer(many=True)


class FeedbackSerializer(serializers.Serializer):
    """Whether an answer helped."""

    helpful = serializers.BooleanField()
    locale = serializers.CharField(max_length=5)


class HitSerializer(serializers.Serializer):
    """A page that was found; `kind` is faq, help, page or procedure."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    url = serializers.CharField()


class SearchSerializer(serializers.Serializer):
    """What a query found; `corrected` is the query that was searched instead, or empty."""

    query = serializers.CharField()
    corrected = serializers.CharField()
    count = serializers.IntegerField()
    results = HitSerializer(many=True)


class SuggestSerializer(serializers.Serializer):
    """Pages while somebody types."""

    results = HitSerializer(many=True)


class FoundSerializer(serializers.Serializer):
    """What stands at an address: a page, or where a redirect leads."""

    kind = serializers.CharField(help_text="page or redirect")
    url = serializers.CharField()
    id = serializers.UUIDField(required=False)
    type = serializers.CharField(required=False)
    locale = serializers.CharField(required=False)
    title = serializers.CharField(required=False)
    detail_url = serializers.CharField(required=False)
    translations = serializers.DictField(child=serializers.CharField(), required=False)
    permanent = serializers.BooleanField(required=False)


class LinkSerializer(serializers.Serializer):
    """A link of a menu."""

    label = serializers.CharField()  # type: ignore[assignment]  # as above
    url = serializers.CharField()


class MenuSerializer(serializers.Serializer):
    """The menus of a language."""

    locale = serializers.CharField()
    main = LinkSerializer(many=True)
    footer = LinkSerializer(many=True)


class LocaleSerializer(serializers.Serializer):
    """A language of the portal."""

    code = serializers.CharField()
    name = serializers.CharField()
    is_default = serializers.BooleanField()
    url = serializers.CharField()


class LocaleListSerializer(serializers.Serializer):
    """The languages of the portal."""

    results = LocaleSerializer(many=True)
