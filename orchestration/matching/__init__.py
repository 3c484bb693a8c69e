"""Queries tried on stored posts, without a run: by the SQL of the dbt models themselves, never by another."""
