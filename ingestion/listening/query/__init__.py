"""The query language of `listening.yml`: text -> tree -> clauses -> rows that one dbt road joins with the posts.

`grammar.lark` says what may be written, `tree` what it means, `limits` how large it may be, `parser` goes
from one to the other and points at the column of a mistake, `clauses` brings a tree into the bounded form
that SQL evaluates, `rows` writes that form down. Nothing a user writes ever becomes SQL.
"""

from ingestion.listening.query.clauses import Clause, clauses_of
from ingestion.listening.query.errors import QuerySyntaxError
from ingestion.listening.query.parser import parse_query
from ingestion.listening.query.tree import And, Filter, Near, Node, Not, Or, Part, Term

__all__ = [
    "And",
    "Clause",
    "Filter",
    "Near",
    "Node",
    "Not",
    "Or",
    "Part",
    "QuerySyntaxError",
    "Term",
    "clauses_of",
    "parse_query",
]
