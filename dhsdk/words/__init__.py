"""Prompts: text -> typed mentions -> objects with their attributes, parts and relations. English and Chinese, also mixed.

`read` finds what the words mean, `objects` finds what they belong to. Neither knows what can be made: a generator hands its
own nouns and words in as a Lexicon.
"""

from dhsdk.words.bind import ObjectWords, PartWords, RelationWords, objects
from dhsdk.words.lexicon import Entry, Lexicon, Sense, lexicon
from dhsdk.words.reading import MAX_CHARACTERS, Mention, Reading, read

__all__ = [
    "MAX_CHARACTERS",
    "Entry",
    "Lexicon",
    "Mention",
    "ObjectWords",
    "PartWords",
    "Reading",
    "RelationWords",
    "Sense",
    "lexicon",
    "objects",
    "read",
]
