"""Every table from API to release as a Dagster asset; the key is [schema, table]."""
