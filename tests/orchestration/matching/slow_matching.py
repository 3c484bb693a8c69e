"""What a query means, said as plainly as possible: one post, one tree, no index, no clauses, no SQL.

Only the tokeniser is shared with the road: a post comes as its list of tokens (folded, and as written).
"""

from dataclasses import dataclass, field

from ingestion.listening.query import And, Filter, Near, Node, Not, Or, Term

UNSPACED = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3005, 0x3007),
    (0x3040, 0x30FF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


@dataclass
class Post:
    """A post as it is matched; `owner` is whose account wrote it."""

    tokens: list[str]
    written: list[str]
    properties: dict[str, object] = field(default_factory=dict)


@dataclass
class Word:
    """One token of a term."""

    token: str
    written: str
    is_prefix: bool
    exact: bool


Places = dict[Term, list[tuple[int, int]]]
"""First and last position of every place where a term stands in one post."""


def matches(node: Node, post: Post, standing: Places) -> bool:
    """Tell whether a post fits a tree; `standing` says where each term stands in it."""
    if isinstance(node, And):
        return all(matches(child, post, standing) for child in node.children)
    if isinstance(node, Or):
        return any(matches(child, post, standing) for child in node.children)
    if isinstance(node, Not):
        return not matches(node.child, post, standing)
    if isinstance(node, Term):
        return bool(standing[node])
    if isinstance(node, Near):
        return is_near(node, standing)
    return fits(node, post)


def places(term: list[Word], post: Post) -> list[tuple[int, int]]:
    """Return first and last position of every place where a term stands."""
    if not term:
        return []
    found = []
    for start in range(len(post.tokens) - len(term) + 1):
        here = range(start, start + len(term))
        if all(is_word(word, post, position) for word, position in zip(term, here, strict=True)):
            found.append((start, start + len(term) - 1))
    return found


def is_word(word: Word, post: Post, position: int) -> bool:
    """Tell whether a word of a term stands at a position."""
    if word.exact and (position >= len(post.written) or post.written[position] != word.written):
        return False
    token = post.tokens[position]
    if token == word.token or (word.is_prefix and token.startswith(word.token)):
        return True
    if token[0] in "#@$" or not any(map(is_unspaced, token)):
        return False
    if any(map(is_unspaced, word.token)):
        return word.token in token
    pieces = "".join(" " if is_unspaced(char) else char for char in token).split()
    return any(piece == word.token or (word.is_prefix and piece.startswith(word.token)) for piece in pieces)


def is_unspaced(char: str) -> bool:
    """Tell whether a letter is of a script that is written without spaces."""
    return any(first <= ord(char) <= last for first, last in UNSPACED)


def is_near(near: Near, standing: Places) -> bool:
    """Tell whether two places, one of each side, do not overlap and lie close enough."""
    left = [place for term in near.left for place in standing[term]]
    right = [place for term in near.right for place in standing[term]]
    return any(
        1 <= one[0] - other[1] <= near.distance
        or (not near.ordered and 1 <= other[0] - one[1] <= near.distance)
        for other in left
        for one in right
    )


def fits(filter: Filter, post: Post) -> bool:
    """Tell whether a post has a property; one that is not known is none."""
    known = post.properties
    if filter.field == "followers":
        number, wanted = known["followers"], int(filter.value)
        if number is None:
            return False
        return {
            ">": number > wanted,
            ">=": number >= wanted,
            "<": number < wanted,
            "<=": number <= wanted,
            "=": number == wanted,
        }[filter.operator]
    if filter.field == "author":
        platform, _, name = filter.value.rpartition("/")
        return known["author"] == name and platform in ("", known["platform"])
    if filter.field == "owned":
        return known["owner"] is not None
    if filter.field == "post_kind":
        kinds = {
            "reshare": ("reshare",),
            "reply": ("reply", "comment"),
            "original": ("original", "review", "article"),
        }
        return known["post_type"] in kinds[filter.value]
    if filter.field == "site":
        host = known["host"]
        return host is not None and (host == filter.value or host.endswith("." + filter.value))
    return known[filter.field] == filter.value
