"""Words as the search compares them: without case and accents, cut to their stem in the language of the text."""

import re
import unicodedata
from functools import lru_cache

_STEMMERS = {"fr": "french", "nl": "dutch_porter", "de": "german", "en": "english"}
_WORD = re.compile(r"[0-9a-z]+")
_DUTCH_PLURAL = re.compile(r"ies$")
_WRITTEN = re.compile(r"[^\W_]+")
_LETTERS = str.maketrans({"ß": "ss", "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "’": "'"})
#: Words that say nothing about a page (folded); a query of only these is searched as it is.
_STOP_WORDS = {
    "fr": (
        "a ai alors au aux avec c ce ces cette comment d dans de des du elle en est et etre faire il ils j je l la le "
        "les leur lui m ma mais me mes moi mon n ne nos notre nous on ou par pas plus pour pourquoi puis qu quand que "
        "quel quelle quels quelles qui quoi s sa se ses si son sont suis sur t un une vos votre vous y"
    ),
    "nl": (
        "aan als ben bij dan dat de die dit door een en er het hij hoe ik in is je kan kunnen maar me met mij mijn "
        "naar niet of om ons op over te tot u uit uw van veel voor waar wanneer wat welke we wie wij worden wordt ze "
        "zich zij zijn zo zou"
    ),
    "de": (
        "aber als am an auch auf aus bei bin bis das dass dem den der des die diese dieser doch du ein eine einem "
        "einen einer eines er es fur habe haben hat ich ihr ihre im in ist ja kann kein keine man mein meine mich mir "
        "mit nach nicht noch nur oder sich sie sind so uber um und uns vom von vor wann warum was welche wenn wer wie "
        "wir wird wo zu zum zur"
    ),
    "en": (
        "a about am an and are as at be but by can do does for from get had has have how i if in is it its me my no "
        "not of on or our so that the their then there this to was we what when where which who why will with you "
        "your"
    ),
}
STOP_WORDS = {code: frozenset(text.split()) for code, text in _STOP_WORDS.items()}


def fold(text: str) -> str:
    """Return text in small letters without accents: “Réinitialiser” and “reinitialiser” are one."""
    small = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(letter for letter in small if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """Return the folded words of a text, in their order."""
    return _WORD.findall(fold(text))


def written(text: str) -> list[str]:
    """Return the words of a text as they are written."""
    return _WRITTEN.findall(text)


@lru_cache(maxsize=20_000)
def stem(word: str, language: str) -> str:
    """Return the stem of a folded word (Snowball); words of other languages stay as they are."""
    name = _STEMMERS.get(language)
    if name is None or word.isdigit():
        return word
    if language == "nl":
        word = _DUTCH_PLURAL.sub("ie", word)  # Porter's Dutch rules leave “subsidies” as it is
    import snowballstemmer  # heavy: the rules of thirty languages, for who searches or publishes

    return fold(snowballstemmer.stemmer(name).stemWord(word))


def stems(text: str, language: str) -> list[str]:
    """Return the stems of a text without stop words; if nothing else is there, with them."""
    found = words(text)
    telling = [word for word in found if word not in STOP_WORDS.get(language, ())]
    return [stem(word, language) for word in telling or found]
