"""From the text of a query to its tree; every mistake is told with its column and a hint."""

import re
import unicodedata
from functools import cache
from pathlib import Path

from ingestion.listening.query.errors import QuerySyntaxError
from ingestion.listening.query.filters import Refused, read_filter
from ingestion.listening.query.limits import (
    MAX_DEPTH,
    MAX_DISTANCE,
    MAX_LEAVES,
    MAX_LENGTH,
    MAX_PHRASE_WORDS,
    MIN_PREFIX,
)
from ingestion.listening.query.tree import And, Near, Node, Not, Or, Part, Term, leaves

_TYPOGRAPHIC = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
_URL = re.compile(r"https?://|www\.", re.IGNORECASE)
_EMOJI = re.compile("[\U0001f300-\U0001f3fa\U0001f400-\U0001faff\u2600-\u27bf\u2b50]")
_OPERATORS = {"and", "or", "not"}


def parse_query(text: str) -> Node:
    """Return the tree of a query.

    Raises QuerySyntaxError, with the column, for what is no query, is too long, too deep or too large.
    """
    if len(text) > MAX_LENGTH:
        raise QuerySyntaxError(
            text,
            MAX_LENGTH + 1,
            f"a query has at most {MAX_LENGTH:,} characters, this one {len(text):,}",
            "split it into several entities",
        )
    for index, char in enumerate(text):
        if unicodedata.category(char) in ("Cc", "Cs") and char not in "\t\n\r":
            raise QuerySyntaxError(
                text, index + 1, "there is a control character or half a character", "type the text anew"
            )
    # Typographic quotes come with text from word processors; each is one character, columns stay.
    query = text.translate(_TYPOGRAPHIC)
    if not query.strip():
        raise QuerySyntaxError(query, 1, "the query is empty", "write a word, or remove the key")
    _check_depth(query)
    return _Builder(query).build(_parsed(query))


def _check_depth(query: str) -> None:
    # Counted before parsing, on the bare text: brackets in quotes count as well, and do no harm.
    depth = 0
    for found in re.finditer(r'"[^"]*"|\{[^{}]*\}|\(|\)|\bNOT\b(?=[\s(]+NOT\b)', query):
        depth += {"(": 1, "NOT": 1, ")": -1}.get(found[0], 0)
        if depth > MAX_DEPTH:
            raise QuerySyntaxError(
                query,
                found.start() + 1,
                f"more than {MAX_DEPTH} parentheses stand in one another",
                "remove some; AND of ANDs and OR of ORs need none",
            )


@cache
def _lark():
    # Imported here: most commands never parse a query.
    from lark import Lark

    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    # The basic lexer: an operator is one wherever it stands, never a word where no operator fits.
    return Lark(grammar, parser="lalr", lexer="basic", propagate_positions=True, maybe_placeholders=False)


def _parsed(query: str):
    from lark import UnexpectedCharacters, UnexpectedEOF, UnexpectedToken

    try:
        return _lark().parse(query)
    except UnexpectedCharacters as error:
        raise _at_character(query, error.pos_in_stream) from None
    except (UnexpectedToken, UnexpectedEOF) as error:
        raise _at_token(query, error.token) from None


def _at_character(query: str, position: int) -> QuerySyntaxError:
    char = query[position]
    told = {
        '"': ("a quotation mark is not closed", 'add the closing "'),
        "{": ("a brace is not closed", "add the closing }; braces keep case and accents: {Apple}"),
        "}": ("a } without its {", "remove it, or open it before; braces keep case and accents: {Apple}"),
    }
    problem, hint = told.get(char, (f"{char!r} cannot stand here", "remove it, or put the words in quotes"))
    return QuerySyntaxError(query, position + 1, problem, hint)


def _at_token(query: str, token) -> QuerySyntaxError:
    kind = token.type
    if kind == "$END":
        opened = _unclosed(query)
        if opened is not None:
            return QuerySyntaxError(query, opened + 1, "this ( is not closed", "add the closing )")
        return QuerySyntaxError(
            query, len(query) + 1, "the query stops after an operator", "add a word, or remove the operator"
        )
    column = token.start_pos + 1
    if kind == "_CLOSE":
        before = query[: token.start_pos].rstrip()
        if before.endswith("("):
            return QuerySyntaxError(query, column - 1, "the parentheses are empty", "write words in them")
        if _unclosed(query[: token.start_pos]) is None:
            return QuerySyntaxError(query, column, "a ) without its (", "remove it, or open it before")
        return QuerySyntaxError(
            query, column, "a word is missing before this )", "add one, or remove the operator"
        )
    if kind == "NEAR":
        if _is_first(query, token.start_pos):
            return QuerySyntaxError(query, column, f"{token} has nothing on its left", "write a NEAR/5 b")
        return QuerySyntaxError(
            query,
            column,
            f"{token} joins two terms, and here is a third",
            "write (a NEAR/5 b) AND (b NEAR/5 c)",
        )
    if kind in ("_AND", "_OR", "_NOT"):
        operator = kind.strip("_")
        return QuerySyntaxError(
            query,
            column,
            f"{operator} has nothing on its left to join",
            f'put a word before it; as a word, write "{operator.lower()}" in quotes',
        )
    return QuerySyntaxError(query, column, f"{token} cannot stand here", "put the words in quotes")


def _is_first(query: str, position: int) -> bool:
    before = query[:position].rstrip()
    return not before or before.endswith("(") or bool(re.search(r"\b(?:AND|OR|NOT)$", before))


def _unclosed(query: str) -> int | None:
    opened = []
    for found in re.finditer(r'"[^"]*"|\{[^{}]*\}|\(|\)', query):
        if found[0] == "(":
            opened.append(found.start())
        elif found[0] == ")" and opened:
            opened.pop()
    return opened[-1] if opened else None


class _Builder:
    """Turns lark's tree into ours; holds the query so that mistakes can point into it."""

    def __init__(self, query: str) -> None:
        self._query = query

    def build(self, parsed) -> Node:
        node = self._node(parsed.children[0])
        count = sum(1 for _ in leaves(node))
        if count > MAX_LEAVES:
            raise QuerySyntaxError(
                self._query,
                1,
                f"a query has at most {MAX_LEAVES:,} words and filters, this one {count:,}",
                "split it into several entities",
            )
        return node

    def _node(self, parsed) -> Node:
        if parsed.data == "any":
            return Or(tuple(self._flat(parsed.children, Or)))
        if parsed.data == "all":
            return And(tuple(self._flat(parsed.children, And)))
        if parsed.data == "not_":
            return Not(self._node(parsed.children[0]))
        if parsed.data == "near":
            return self._near(*parsed.children)
        (token,) = parsed.children
        return getattr(self, f"_{parsed.data}")(token)

    def _flat(self, children, kind: type):
        for child in children:
            node = self._node(child)
            yield from node.children if isinstance(node, kind) else (node,)

    def _fail(self, token, problem: str, hint: str) -> QuerySyntaxError:
        return QuerySyntaxError(self._query, token.start_pos + 1, problem, hint)

    def _near(self, left, operator, right) -> Near:
        _, _, number = str(operator).partition("/")
        if not number.isascii() or not number.isdigit() or not 1 <= int(number[:9]) <= MAX_DISTANCE:
            raise self._fail(
                operator,
                f"NEAR needs a number of words from 1 to {MAX_DISTANCE}",
                "write for example NEAR/5, and ONEAR/5 where the order counts",
            )
        sides = []
        for side in (self._node(left), self._node(right)):
            terms = side.children if isinstance(side, Or) else (side,)
            if not all(isinstance(term, Term) for term in terms):
                raise self._fail(
                    operator,
                    "beside NEAR stand terms, or terms joined by OR in parentheses",
                    "write (a OR b) NEAR/5 c, and join the rest with AND or NOT",
                )
            sides.append(tuple(terms))
        return Near(*sides, int(number), str(operator).startswith("O"))

    def _filter(self, token):
        if _URL.match(str(token)):
            return self._word(token)
        try:
            return read_filter(str(token))
        except Refused as refused:
            raise self._fail(token, refused.problem, refused.hint) from None

    def _word(self, token) -> Term:
        text = str(token)
        if text.lower() in _OPERATORS:
            raise self._fail(
                token,
                f"operators are written in capitals: {text.upper()}",
                f'write {text.upper()}; as a word, write "{text}" in quotes',
            )
        if text.lower().lstrip("o").startswith("near/"):
            raise self._fail(token, "operators are written in capitals", f"write {text.upper()}")
        if text.startswith("-") and len(text) > 1:
            raise self._fail(token, "a minus excludes nothing here", f"write NOT {text[1:]}")
        return self._term(token, [text])

    def _phrase(self, token) -> Term:
        words = str(token)[1:-1].split()
        return self._term(token, words)

    def _exact(self, token) -> Term:
        words = str(token)[1:-1].split()
        if any("*" in word for word in words):
            raise self._fail(token, "braces keep every letter, so no wildcard", "remove the * or the braces")
        return self._term(token, words, exact=True)

    def _term(self, token, words: list[str], *, exact: bool = False) -> Term:
        text = " ".join(words)
        if len(words) > MAX_PHRASE_WORDS:
            raise self._fail(
                token,
                f"a phrase has at most {MAX_PHRASE_WORDS} words, this one {len(words)}",
                "shorten it; so long a text is hardly written twice",
            )
        if _URL.search(text):
            raise self._fail(
                token,
                "all links are one token, so every post with a link would match",
                "write has:link, or the words that name it",
            )
        parts = []
        for word in words:
            bare = word.removesuffix("*")
            if "*" in bare:
                raise self._fail(
                    token, "a wildcard stands only at the end of a word", "write the beginning: coff*"
                )
            if bare != word and sum(unicodedata.category(char)[0] in "LMN" for char in bare) < MIN_PREFIX:
                raise self._fail(
                    token,
                    f"before a wildcard stand at least {MIN_PREFIX} letters",
                    "write more of the word",
                )
            parts.append(Part(bare, bare != word))
        if not any(char.isalnum() for char in text) and not _EMOJI.search(text):
            raise self._fail(
                token, f"{text!r} has no letter, digit or emoji, so it matches nothing", "write a word"
            )
        if not any(part.is_prefix for part in parts):
            # One piece: the tokeniser sees a phrase as it sees a post.
            parts = [Part(text)]
        return Term(tuple(parts), exact)
