"""`listening.yml`: what to listen for, read, checked and turned into rows.

The one file that a user edits. `load_listening` reads it and reports every mistake at once with its
line and a remedy; `compile_listening` turns it into the tables of schema `listening`, which dbt joins
with the posts; `compile_owned_accounts` adds the accounts that speak for an entity. Text written by the
user stays data on the whole way: it never becomes SQL or Jinja.
"""

from ingestion.listening.compile import compile_listening, compile_query_filters
from ingestion.listening.loader import load_listening
from ingestion.listening.models import FileMapping, FilesSource, Listening
from ingestion.listening.owned import compile_owned_accounts
from ingestion.listening.problems import ListeningError

__all__ = [
    "FileMapping",
    "FilesSource",
    "Listening",
    "ListeningError",
    "compile_listening",
    "compile_owned_accounts",
    "compile_query_filters",
    "load_listening",
]
