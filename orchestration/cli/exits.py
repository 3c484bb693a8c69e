"""What the exit codes of `listenhouse` mean."""

from collections.abc import Callable
from functools import wraps
from typing import NoReturn

import typer

OK = 0
UNEXPECTED = 1
BAD_INPUT = 2
GATE_FAILED = 3
NO_RELEASE = 4

MEANINGS = f"""Exit codes:

- {OK}: done
- {UNEXPECTED}: something unexpected failed, or another process holds the warehouse
- {BAD_INPUT}: bad input: the command line, listening.yml or a query
- {GATE_FAILED}: a check failed, so nothing was published; the previous release stays in place
- {NO_RELEASE}: nothing has been published yet
"""


def told(command: Callable[..., None]) -> Callable[..., None]:
    """Turn the errors that a command expects into one message on stderr and an exit code.

    Anything else passes: `main` tells it as unexpected.
    """

    @wraps(command)
    def telling(*args: object, **options: object) -> None:
        try:
            command(*args, **options)
        except Exception as error:
            code = _exit_code(error)
            if code is None:
                raise
            fail(str(error), code)

    return telling


def fail(message: str, code: int) -> NoReturn:
    """End the command with a message on stderr."""
    typer.echo(message, err=True)
    raise typer.Exit(code)


def _exit_code(error: Exception) -> int | None:
    """Return the code of an error whose message says all there is to say, else None."""
    # Imported here, when there is an error: they take longer than --help should.
    from ingestion.landing.runner import LandingError
    from ingestion.listening import ListeningError
    from ml.classes.labels_file import LabelsFileError
    from ml.detection.series_file import SeriesFileError
    from ml.promotions import PromotionError
    from ml.scoring import TextFileError
    from ml.transformer import TransformerError
    from ml.weights import WeightsError
    from orchestration.labelling.store import LabellingError
    from orchestration.matching.labels import LabelError
    from orchestration.publish import GateFailed, NoRelease, PublishError, QueryError

    codes = {
        ListeningError: BAD_INPUT,
        LabelError: BAD_INPUT,
        LabellingError: BAD_INPUT,
        PromotionError: BAD_INPUT,
        WeightsError: BAD_INPUT,
        QueryError: BAD_INPUT,
        SeriesFileError: BAD_INPUT,
        TextFileError: BAD_INPUT,
        LabelsFileError: BAD_INPUT,
        TransformerError: BAD_INPUT,
        GateFailed: GATE_FAILED,
        NoRelease: NO_RELEASE,
        PublishError: UNEXPECTED,
        LandingError: UNEXPECTED,
    }
    return next((code for kind, code in codes.items() if isinstance(error, kind)), None)
