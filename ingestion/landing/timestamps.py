"""SQL that reads a moment from whatever a source calls a time stamp.

Understood: ISO 8601 with an offset (also with a blank before it, or UTC, GMT, Z), Twitter's
'Tue Feb 11 18:58:49 +0000 2014', RFC 2822, and seconds, milliseconds or microseconds since 1970. A time
without an offset is only a moment when the mapping names its time zone (parameter $time_zone).
"""

_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?"
ISO_WITH_OFFSET = _DATE + _CLOCK + r" ?(Z|z|UTC|GMT|[+-][0-9]{2}(:?[0-9]{2})?)"
ISO_NAIVE = _DATE + f"({_CLOCK})?"
EPOCH = r"[0-9]{9,16}(\.[0-9]+)?"
OTHER_FORMATS = (
    "%a %b %d %H:%M:%S %z %Y",
    "%a, %d %b %Y %H:%M:%S %z",
    "%a, %d %b %Y %H:%M:%S %Z",
    "%d %b %Y %H:%M:%S %z",
    "%d %b %Y %H:%M:%S %Z",
    "%a, %d %b %Y %H:%M %z",
    "%a, %d %b %Y %H:%M %Z",
)


def from_text(text: str) -> str:
    """Return SQL for the moment in the text expression, NULL where it holds none.

    What the cast cannot read for certain is brought into one form first: a failed cast looks for a time
    zone's name and is a thousand times slower than one that succeeds.
    """
    clock = f"substr({text}, 12)"
    for written, meant in ((" ", ""), ("UTC", "Z"), ("GMT", "Z"), ("z", "Z"), (",", ".")):
        clock = f"replace({clock}, '{written}', '{meant}')"
    with_seconds = f"case when {clock}[6:6] = ':' then {clock} else {clock}[:5] || ':00' || {clock}[6:] end"
    formats = ", ".join(f"'{text_format}'" for text_format in OTHER_FORMATS)
    return f"""case
        when {text} is null then null
        when regexp_full_match({text}, '{ISO_WITH_OFFSET}') then
            try_cast({text}[:11] || {with_seconds} as timestamptz)
        when regexp_full_match({text}, '{ISO_NAIVE}') then
            {from_naive(f"try_cast(replace({text}, ',', '.') as timestamp)")}
        when regexp_full_match({text}, '{EPOCH}') then {from_epoch(f"try_cast({text} as double)")}
        when regexp_matches({text}, '[0-9]:[0-9]') then try_strptime({text}, [{formats}])
    end"""


def from_naive(timestamp: str) -> str:
    """Return SQL for the moment of a naive timestamp in the mapping's time zone, NULL where it names none."""
    return f"(case when $time_zone is not null then {timestamp} at time zone $time_zone end)"


def from_epoch(number: str) -> str:
    """Return SQL for the moment so many seconds, milliseconds or microseconds (by magnitude) after 1970."""
    return f"""(case
        when {number} is null or {number} < 0 or {number} >= 1e17 then null
        else make_timestamp(cast({number} * (case
            when {number} < 1e11 then 1e6 when {number} < 1e14 then 1e3 else 1
        end) as bigint)) at time zone 'UTC'
    end)"""
