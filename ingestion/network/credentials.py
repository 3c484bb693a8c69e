"""Credentials, from dlt's own configuration: the environment, or `.dlt/secrets.toml`.

They are read when a source is about to run, never at import, and are stored, logged and told nowhere.
"""

from collections.abc import Mapping

from ingestion.network.declaration import Credential, Declaration


class CredentialsMissing(ValueError):
    """A secret that a source needs is not there, or cannot be one; nothing was asked of the network."""


def credentials_of(declaration: Declaration) -> dict[str, str]:
    """Return the secrets of a source by name, without those that are optional and not given.

    Raises CredentialsMissing that says what is missing, where it goes, and where to get it.
    """
    import dlt

    found: dict[str, str] = {}
    problems = []
    for credential in declaration.credentials:
        value = dlt.secrets.get(_key(declaration, credential), str)
        text = str(value).strip() if value is not None else ""
        if not text:
            if credential.required:
                problems.append(f"{credential.name} ({credential.what}) is missing")
            continue
        if not (text.isascii() and text.isprintable()) or " " in text:
            problems.append(f"{credential.name} is no {credential.what}: it holds blanks or odd characters")
            continue
        found[credential.name] = text
    if problems:
        raise CredentialsMissing(_explained(declaration, problems))
    return found


def missing(declaration: Declaration) -> tuple[str, ...]:
    """Return the names of required secrets that are not there; asks no network."""
    import dlt

    return tuple(
        credential.name
        for credential in declaration.credentials
        if credential.required and not str(dlt.secrets.get(_key(declaration, credential), str) or "").strip()
    )


def shown(text: str, secrets: Mapping[str, str]) -> str:
    """Return the text without any of the secrets."""
    for secret in secrets.values():
        text = text.replace(secret, "(secret)")
    return text


def _key(declaration: Declaration, credential: Credential) -> str:
    return f"sources.{declaration.name}.{credential.name}"


def _explained(declaration: Declaration, problems: list[str]) -> str:
    ways = []
    for credential in declaration.credentials:
        variable = _key(declaration, credential).upper().replace(".", "__")
        ways.append(
            f"set {variable}, or {credential.name} under [sources.{declaration.name}] in .dlt/secrets.toml; "
            f"get it at {credential.get_it_at}"
        )
    return f"{declaration.name}: {'; '.join(problems)}. {'. '.join(ways)}"
