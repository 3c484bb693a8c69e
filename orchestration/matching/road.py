"""The matching part of the road on one connection: compiled queries and posts in, matches out."""

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from orchestration.matching.model_sql import model_sql

MODELS = ("int_query_terms", "int_term_hits", "int_query_matches")
"""The models of the matching, in the order in which they read one another."""


def match_posts(
    connection: duckdb.DuckDBPyConnection, schema: str, tables: Mapping[str, pa.Table], posts: str
) -> dict[str, str]:
    """Match all queries of compiled tables against `posts`; return the tables made, by the model they stand for.

    `posts` is a relation shaped as int_posts_tokenised is. Everything is written to `schema`, which is made
    anew; an ad-hoc schema per listening lets two be compared.
    """
    connection.execute(f'drop schema if exists "{schema}" cascade')
    connection.execute(f'create schema "{schema}"')
    relations = {"int_posts_tokenised": posts}
    for name, rows in tables.items():
        connection.register("compiled_rows", rows)
        connection.execute(f'create table "{schema}"."{name}" as from compiled_rows')
        connection.unregister("compiled_rows")
        relations[f"stg_listening__{name}"] = f'"{schema}"."{name}"'
    for model in MODELS:
        relations[model] = f'"{schema}"."{model}"'
        connection.execute(f"create table {relations[model]} as {model_sql(model, relations)}")
    return relations
