"""`listenhouse match`: what would this query find?"""

from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.exits import BAD_INPUT, fail, told

if TYPE_CHECKING:
    from rich.text import Text

    from orchestration.matching.highlights import Highlighted

EXAMPLES = """Examples:

- `listenhouse match lumora`
- `listenhouse match '"lumora brew" OR lumorra NOT "lumora borealis"'`
- `listenhouse match '(leak* OR drip*) NEAR/5 lumora lang:en is:original'`
- `listenhouse match '{Lumora} followers:>10000 has:link' --limit 30`

The language:

- `a b`, `a AND b`: both; `a OR b`: any; `NOT a`: not; parentheses group; operators are written in capitals
- `"flat white"`: words side by side; `coff*`: the beginning of a word
- `#tag`, `@handle`, `$CASH`: with their sign; a word matches no tag
- `{Apple}`: this case and these accents; otherwise neither counts
- `a NEAR/5 b`: at most 5 words apart, `a ONEAR/5 b`: and in this order; each side may be `(a OR b)`
- `author:name`, `author:x/name`, `site:reddit`, `site:example.com`, `lang:en`, `country:DE`, `has:link`,
  `is:original`, `is:reply`, `is:reshare`, `is:owned`, `followers:>1000`
- Chinese, Japanese, Thai, Lao, Burmese and Khmer are written without spaces: there a word is found inside a run
  of letters, also a Latin name in it; phrases and NEAR count runs
"""
SNIPPET = 160


@told
def match(
    query: Annotated[str, typer.Argument(help="A query, as in `query:` of listening.yml.")],
    limit: Annotated[int, typer.Option(min=0, help="How many of the newest hits to show.")] = 10,
) -> None:
    """Show what a query finds in the published release, with its words marked.

    Matching is that of the road, so what is found here is what the next run would make a mention. Nothing is
    changed, and a run may be writing meanwhile.
    """
    from ingestion.home import Home
    from ingestion.listening import load_listening
    from ingestion.listening.query import QuerySyntaxError, parse_query

    try:
        parse_query(query)
    except QuerySyntaxError as error:
        fail(f"{_pointed(error.query, error.column)}{error}.", BAD_INPUT)
    home = Home.find()
    listening = load_listening(home.config)
    from pydantic import ValidationError

    from orchestration.matching.trial import try_query

    try:
        found = try_query(home, listening, query, limit=limit)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        fail(f"The query: {detail['ctx']['message']}. Remedy: {detail['ctx']['remedy']}.", BAD_INPUT)
    share = f" ({found.matches / found.posts:.1%})" if found.posts else ""
    typer.echo(
        f"{found.matches:,} of {found.posts:,} posts match{share}; {found.counted:,} of them count: "
        "no spam, no reshare, no repeat."
    )
    if found.terms:
        show_terms(found.terms)
    for hit in found.hits:
        show_hit(f"{hit.posted_at:%Y-%m-%d %H:%M}  {hit.platform or '-'}  {hit.post_key}", hit.text)
    if found.matches > len(found.hits) > 0:
        typer.echo(f"The newest {len(found.hits):,}; --limit shows more.")


def show_terms(terms: list[tuple[str, int]], most: int = 10) -> None:
    """Print which terms were found in how many posts."""
    from orchestration.cli.tables import plain

    told = [f"{plain(term)} {posts:,}" for term, posts in terms[:most]]
    typer.echo(
        "Found by: " + ", ".join(told) + (f", and {len(terms) - most} more" if len(terms) > most else "")
    )


def show_hit(head: str, text: "Highlighted") -> None:
    """Print a post with the words that were found: bold on a terminal, between « and » elsewhere."""
    from rich.console import Console

    from orchestration.cli.tables import MAX_LINE, plain

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = MAX_LINE
    console.print(f"\n{plain(head)}", style="dim", markup=False)
    console.print(_marked(text.snippet(SNIPPET), on_terminal=console.is_terminal))


def _marked(shown: "Highlighted", *, on_terminal: bool) -> "Text":
    from rich.text import Text

    from orchestration.cli.tables import plain

    marked, cursor = Text(), 0
    for start, end in shown.spans:
        word = plain(shown.text[start:end])
        marked.append(plain(shown.text[cursor:start]))
        marked.append(word, style="bold reverse") if on_terminal else marked.append(f"«{word}»")
        cursor = end
    marked.append(plain(shown.text[cursor:]))
    return marked


def _pointed(query: str, column: int) -> str:
    """Return the part of a query around a column, with a mark below it."""
    start = max(0, column - 1 - 50)
    line = "".join(char if char.isprintable() else " " for char in query[start : start + 100])
    return f"{line}\n{' ' * (column - 1 - start)}^\n"
