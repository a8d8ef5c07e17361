"""Phrases of a shop → a trigram language model with back-off, in the ARPA format.

Smoothing is Witten & Bell's (1991, The zero-frequency problem, IEEE Trans. Information Theory 37(4)), interpolated:
P(w | h) = (c(h, w) + T(h) · P(w | shorter h)) / (N(h) + T(h)), with T(h) the number of different words seen after h.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from math import log10

VOCABULARY = 20_000  # words, the most frequent of the shop
LONGEST = 20  # words of a phrase that are read
PART, ASKED = 0.2, 0.4  # weight of a phrase said in part, and of one behind words of asking, against 1 for all of it
BEGIN, END = "<s>", "</s>"
# How people begin and end; a shop's titles do not say so.
ASKING = """
can i have a | can i get | could i have a | could i please get a | may i have | i would like a | i would like to order
i'd like a | i want a | i need | i'll have a | i'll take | give me a | get me a | get me | make me a | let me have a
let me get | please give me | please make me a | please | order a | show me | find me | search for | i am looking for
i'm looking for a | looking for | do you have | have you got | where is the | hey can you | hi can i get | would you
make it | one | two | three | with | and | in | for | under | without | more like | something like
""".replace("\n", "|")
ENDING = "please | thank you | thanks | for me | for me please | dollars | euros | or less"

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*|[0-9]+")
Gram = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """The words that are expected, most frequent first, and the text of the ARPA file. ``shop`` are the shop's own."""

    words: tuple[str, ...]
    shop: frozenset[str]
    arpa: str


def model(phrases: Iterable[str]) -> Model:
    """The language of a shop. Deterministic; a shop without a word still has those of asking."""
    said = [found for phrase in phrases if (found := words_of(phrase))]
    counted = Counter(word for found in said for word in found)
    order = sorted(counted, key=lambda word: (-counted[word], word))[:VOCABULARY]
    shop = frozenset(order)
    grams = [defaultdict[Gram, float](float) for _ in range(3)]
    for tokens, weight, whole in _sentences(said):
        _count(grams, [word for word in tokens if word in shop or word in _ASIDE], weight, whole)
    extra = sorted(_ASIDE - shop)
    return Model((*order, *extra), shop, _arpa(grams))


def words_of(phrase: str) -> list[str]:
    """The words of a phrase: lower case, without accents, "55in" as two; numbers stay digits."""
    plain = unicodedata.normalize("NFKD", phrase.casefold()).encode("ascii", "ignore").decode()
    return _WORD.findall(plain)[:LONGEST]


def trimmed(words: Sequence[str], shop: frozenset[str]) -> list[str]:
    """Words without those of asking at both ends: whole turns such as "can i have a", and what the shop never says."""
    left = list(words)
    while left and (size := _turn(left, _BEFORE, shop)):
        left = left[size:]
    while left and (size := _turn(left[::-1], _AFTER, shop)):
        left = left[: len(left) - size]
    return left


def _turn(words: list[str], turns: Sequence[list[str]], shop: frozenset[str]) -> int:
    """How many words at the beginning are a turn of two or more, or 1 for a word that the shop never says."""
    longest = max((len(turn) for turn in turns if words[: len(turn)] == turn), default=0)
    return longest or int(words[0] not in shop)


def _split(texts: str) -> list[list[str]]:
    return [words for text in texts.split("|") if (words := words_of(text))]


_ASIDE = frozenset(word for words in _split(f"{ASKING} | {ENDING}") for word in words)

_ARTICLE = [words[:-1] for words in _split(ASKING) if words[-1] == "a"]  # "give me two"
_BEFORE = [words for words in [*_split(ASKING), *_ARTICLE] if len(words) > 1]
_AFTER = [words[::-1] for words in _split(ENDING) if len(words) > 1]


def _sentences(said: Sequence[Sequence[str]]) -> Iterator[tuple[Sequence[str], float, bool]]:
    """(words, weight, whether a sentence begins and ends with them)."""
    before, after = cycle(_split(ASKING)), cycle(_split(ENDING))
    for tokens in said:
        yield tokens, 1.0, True
        yield [*next(before), *tokens], ASKED, True
        yield [*next(before), *tokens, *next(after)], ASKED / 4, True
    for words in _split(f"{ASKING} | {ENDING}"):
        yield words, 1.0, False


def _count(grams: Sequence[defaultdict[Gram, float]], tokens: Sequence[str], weight: float, whole: bool) -> None:
    if not tokens:
        return
    sentence = (BEGIN, *tokens, END) if whole else tuple(tokens)
    for size in (1, 2, 3):
        held = grams[size - 1]
        for start in range(len(sentence) - size + 1):
            held[sentence[start : start + size]] += weight
    for word in tokens if whole else ():  # people say a part of a title
        grams[1][BEGIN, word] += weight * PART / len(tokens)
        grams[1][word, END] += weight * PART / len(tokens)


def _arpa(grams: Sequence[defaultdict[Gram, float]]) -> str:
    ones = {gram[0]: count for gram, count in grams[0].items() if gram[0] != BEGIN}
    ones.setdefault(END, 1.0)
    total = sum(ones.values()) + len(ones)
    chance: dict[Gram, float] = {(word,): (count + 1) / total for word, count in ones.items()}
    rest: dict[Gram, float] = {}
    for held in grams[1:]:
        after = defaultdict[Gram, list[float]](list)
        for gram, count in held.items():
            after[gram[:-1]].append(count)
        mass = {history: (sum(counts), len(counts)) for history, counts in after.items()}
        rest |= {history: kinds / (seen + kinds) for history, (seen, kinds) in mass.items()}
        for gram, count in held.items():
            seen, kinds = mass[gram[:-1]]
            chance[gram] = (count + kinds * chance[gram[1:]]) / (seen + kinds)
    chance[BEGIN,] = 1e-99
    return "".join(_lines(chance, rest))


def _lines(chance: dict[Gram, float], rest: dict[Gram, float]) -> Iterator[str]:
    sizes = [sorted(gram for gram in chance if len(gram) == size) for size in (1, 2, 3)]
    yield "\\data\\\n"
    yield from (f"ngram {size}={len(held)}\n" for size, held in enumerate(sizes, start=1))
    for size, held in enumerate(sizes, start=1):
        yield f"\n\\{size}-grams:\n"
        for gram in held:
            back = f" {log10(rest.get(gram, 1.0)):.4f}" if size < 3 else ""
            yield f"{log10(chance[gram]):.4f} {' '.join(gram)}{back}\n"
    yield "\n\\end\\\n"
