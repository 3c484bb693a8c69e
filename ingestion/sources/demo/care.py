"""Support cases and what customers and support write in them: answers, reopenings, cases nobody answers."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.sources.demo import draw, rhythm
from ingestion.sources.demo.columns import by_time, ids_of, names_at, times

BRAND = "lumora"
STATUSES = ("open", "answered", "resolved", "reopened", "resolved")
AGENTS = 12
REOPENED_PERCENT = 8
RESOLVED_AGAIN_PERCENT = 80
FOLLOWED_UP_PERCENT = 35
NOTED_PERCENT = 12
THANKS_PERCENT = 25  # of the cases that nobody answers: they asked for nothing
RECEIPT_CHANNELS = ("email",)  # a robot says at once that the message has arrived

SAYINGS = {
    "reply": {
        "en": "Thank you for writing. We are on it and will come back to you.",
        "es": "Gracias por escribirnos. Lo revisamos y le respondemos pronto.",
        "de": "Danke für Ihre Nachricht. Wir kümmern uns darum und melden uns.",
        "id": "Terima kasih sudah menghubungi kami. Kami segera menindaklanjuti.",
    },
    "follow_up": {
        "en": "Is there any news?",
        "es": "¿Hay alguna novedad?",
        "de": "Gibt es etwas Neues?",
        "id": "Apakah ada kabar?",
    },
    "reopening": {
        "en": "It happened again.",
        "es": "Ha vuelto a pasar.",
        "de": "Es ist wieder passiert.",
        "id": "Terjadi lagi.",
    },
    "receipt": {
        "en": "We have received your message.",
        "es": "Hemos recibido su mensaje.",
        "de": "Wir haben Ihre Nachricht erhalten.",
        "id": "Pesan Anda sudah kami terima.",
    },
    "note": {
        "en": "Asked the workshop.",
        "es": "Consultado con el taller.",
        "de": "In der Werkstatt nachgefragt.",
        "id": "Sudah ditanyakan ke bengkel.",
    },
}


@dataclass
class Cases:
    """Support cases in the order they were drawn; times are seconds since the window's start."""

    seed: int
    opened: np.ndarray
    answered_at: np.ndarray
    is_answered: np.ndarray
    resolved_at: np.ndarray
    is_resolved: np.ndarray
    csat: np.ndarray
    is_rated: np.ndarray
    channel: pa.Array
    topic: pa.Array
    product: pa.Array
    language: pa.Array
    account_id: pa.Array
    customer_id: pa.Array
    text: pa.Array

    def __post_init__(self) -> None:
        n = len(self.opened)
        order = np.argsort(self.opened, kind="stable")
        number = np.empty(n, dtype=np.int64)
        number[order] = np.arange(1, n + 1)
        self.ids = ids_of("case", number)
        # A stream of its own: what is planted here moves no other draw.
        rng = draw.stream(self.seed, "care")
        self.is_reopened = self.is_resolved & draw.chance(rng, n, REOPENED_PERCENT)
        self.reopened_at = self.resolved_at + draw.between(rng, rhythm.HOUR, 5 * rhythm.DAY, n)
        self.is_resolved_again = self.is_reopened & draw.chance(rng, n, RESOLVED_AGAIN_PERCENT)
        self.second_answer_at = self.reopened_at + draw.between(rng, 300, rhythm.DAY, n)
        self.resolved_again_at = self.second_answer_at + draw.between(rng, 600, 3 * rhythm.DAY, n)
        self.needs_reply = self.is_answered | ~draw.chance(rng, n, THANKS_PERCENT)


def case_table(cases: Cases, start: date) -> pa.Table:
    """Return the observations of cases: opened, first answered, resolved, reopened, resolved again."""
    steps = [
        (np.ones(len(cases.opened), dtype=bool), cases.opened),
        (cases.is_answered, cases.answered_at),
        (cases.is_resolved, cases.resolved_at),
        (cases.is_reopened, cases.reopened_at),
        (cases.is_resolved_again, cases.resolved_again_at),
    ]
    row = np.concatenate([np.flatnonzero(which) for which, _ in steps])
    at = np.concatenate([when[which] for which, when in steps])
    step = np.repeat(np.arange(len(steps)), [int(which.sum()) for which, _ in steps])
    take = pa.array(row)
    resolved = np.where(step == 4, cases.resolved_again_at[row], cases.resolved_at[row])
    return by_time(
        pa.table(
            {
                "case_id": cases.ids.take(take),
                "account_id": cases.account_id.take(take),
                "customer_id": cases.customer_id.take(take),
                "channel": cases.channel.take(take),
                "product": cases.product.take(take),
                "topic": cases.topic.take(take),
                "text": cases.text.take(take),
                "language": cases.language.take(take),
                "status": names_at(STATUSES, step),
                "opened_at": times(start, cases.opened[row]),
                "first_response_at": times(start, cases.answered_at[row], step < 1),
                "resolved_at": times(start, resolved, (step < 2) | (step == 3)),
                "csat_score": pa.array(cases.csat[row], mask=(step < 2) | ~cases.is_rated[row]),
                "observed_at": times(start, at + 45),
            }
        )
    )


def message_table(cases: Cases, start: date) -> pa.Table:
    """Return one observation of each message of the cases, with the case_messages contract's columns."""
    rng, n = draw.stream(cases.seed, "case messages"), len(cases.opened)
    followed = cases.is_answered & draw.chance(rng, n, FOLLOWED_UP_PERCENT)
    noted = cases.is_answered & draw.chance(rng, n, NOTED_PERCENT)
    by_robot = pc.is_in(cases.channel, pa.array(RECEIPT_CHANNELS)).to_numpy(zero_copy_only=False)
    work = cases.resolved_at - cases.answered_at
    agent = rng.integers(0, AGENTS, n)
    # What is said, by whom, when: (which cases, second, from the customer, kind, saying).
    turns = [
        (np.ones(n, dtype=bool), cases.opened, True, "message", None),
        (by_robot, cases.opened + rng.integers(15, 90, n), False, "automatic", "receipt"),
        (noted, (cases.opened + cases.answered_at) // 2, False, "note", "note"),
        (cases.is_answered, cases.answered_at, False, "message", "reply"),
        (followed, cases.answered_at + work // 3, True, "message", "follow_up"),
        (followed, cases.answered_at + work * 2 // 3, False, "message", "reply"),
        (cases.is_reopened, cases.reopened_at, True, "message", "reopening"),
        (cases.is_reopened, cases.second_answer_at, False, "message", "reply"),
    ]
    parts = []
    for which, at, inbound, kind, saying in turns:
        here = pa.array(np.flatnonzero(which))
        rows = len(here)
        language = cases.language.take(here)
        staff = pa.array([f"agent-{one:02d}" for one in agent[which].tolist()], pa.string())
        said = pa.array(
            [None if saying is None else SAYINGS[saying][code] for code in language.to_pylist()], pa.string()
        )
        asks = cases.needs_reply[which] if saying is None else np.full(rows, inbound)
        parts.append(
            pa.table(
                {
                    "case_id": cases.ids.take(here),
                    "brand": pa.repeat(BRAND, rows),
                    "channel": cases.channel.take(here),
                    "author_id": cases.customer_id.take(here) if inbound else staff,
                    "is_inbound": pa.repeat(inbound, rows),
                    "message_kind": pa.repeat(kind, rows),
                    "needs_reply": pa.array(asks),
                    "text": cases.text.take(here) if saying is None else said,
                    "language": language,
                    "sent_at": times(start, at[which]),
                    "observed_at": times(start, at[which] + 45),
                }
            )
        )
    table = by_time(pa.concat_tables(parts))
    return table.append_column("message_id", ids_of("message", np.arange(1, table.num_rows + 1)))


def planted_table(cases: Cases, start: date) -> pa.Table:
    """Return one row per case with what was planted: case_id, channel, topic, customer_id, needs_reply,
    opened_at, answered_at, resolved_at, reopened_at, resolved_again_at; NULL is never."""
    return pa.table(
        {
            "case_id": cases.ids,
            "channel": cases.channel,
            "topic": cases.topic,
            "customer_id": cases.customer_id,
            "needs_reply": pa.array(cases.needs_reply),
            "opened_at": times(start, cases.opened),
            "answered_at": times(start, cases.answered_at, ~cases.is_answered),
            "resolved_at": times(start, cases.resolved_at, ~cases.is_resolved),
            "reopened_at": times(start, cases.reopened_at, ~cases.is_reopened),
            "resolved_again_at": times(start, cases.resolved_again_at, ~cases.is_resolved_again),
        }
    )
