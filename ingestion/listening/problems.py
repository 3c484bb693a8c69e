"""How a mistake in `listening.yml` is told: file, line, field, what is wrong, what to do."""

from dataclasses import dataclass

Location = tuple[str | int, ...]
Finding = tuple[Location, str, str]
"""Where, what is wrong, and the remedy."""


def field_path(location: Location) -> str:
    """Return a location as a reader writes it: `brands[0].terms`."""
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part}" if path else str(part)
    return path


@dataclass(frozen=True)
class Problem:
    """One mistake: where it stands (1-based line), what is wrong and the remedy."""

    file: str
    line: int
    field: str
    message: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: "
        what = f"{self.field}: {self.message}" if self.field else self.message
        end = "" if self.remedy.endswith("?") else "."
        return f"{where}{what}. Remedy: {self.remedy}{end}"


class ListeningError(Exception):
    """Raised when `listening.yml` cannot be used; holds every problem found, in line order."""

    def __init__(self, problems: list[Problem]):
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.line, problem.field)))
        super().__init__("\n".join(str(problem) for problem in self.problems))
