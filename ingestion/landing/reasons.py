"""Why something is quarantined, in words, and what to do about it."""

REASONS: dict[str, tuple[str, str]] = {
    "missing_id": (
        "{field} is empty, so the item has no identity",
        "map a column that is filled in every row, or fill {field} at the source",
    ),
    "missing_value": (
        "{field} is empty but required",
        "map a column that is filled in every row, set it under constants, or fill {field} at the source",
    ),
    "invalid_json": (
        "the line is no JSON: {detail}",
        "correct the line in the file; the rest of the file has landed",
    ),
    "invalid_utf8": (
        "{field} holds bytes that are no UTF-8: {detail}",
        "declare the file's real encoding in listening.yml, for example encoding: latin-1",
    ),
    "undecodable": (
        "the file cannot be read as {detail}",
        "declare the file's real encoding in listening.yml, for example encoding: latin-1",
    ),
    "nul_byte": ("{field} holds a NUL byte", "remove the NUL bytes at the source"),
    "lone_surrogate": (
        "{field} holds half of a UTF-16 pair, which is no character",
        "export the text again with complete characters",
    ),
    "not_an_integer": (
        "{field} is {value}, not a whole number",
        "export plain digits: no thousands separators, no 1.2K",
    ),
    "integer_out_of_range": (
        "{field} is {value}, more than 64 bits hold",
        "correct the number, or map {field} as an id (text) column",
    ),
    "negative_count": (
        "{field} is {value}; a count cannot be negative",
        "correct the number, or leave it empty if unknown",
    ),
    "not_a_timestamp": (
        "{field} is {value}, which is no known time format",
        "export ISO 8601 with an offset, such as 2026-08-10T14:30:00+02:00",
    ),
    "naive_timestamp": (
        "{field} is {value}, which has no offset to UTC",
        "add time_zone: Europe/Berlin (the zone of the export) to the mapping in listening.yml",
    ),
    "not_a_date": (
        "{field} is {value}, which is no day",
        "export days as 2026-08-10, or say how they are written with time_format in the mapping",
    ),
    "not_a_number": ("{field} is {value}, not a number", "export plain numbers with a decimal point"),
    "not_a_boolean": ("{field} is {value}, not true or false", "export true/false, yes/no or 1/0"),
    "text_too_long": (
        "{field} has {detail} characters, more than {limit}",
        "check that the row is one post: a missing quote joins rows; shorten the text if it is real",
    ),
    "value_not_allowed": ("{field} is {value}; {detail}", "correct the value, or map another column"),
    "malformed_row": (
        "the row has {detail}",
        "quote values that hold the separator, or correct the row; the rest of the file has landed",
    ),
    "missing_column": (
        "{detail}",
        "correct the column's name in listening.yml; the file is landed as soon as the mapping changes",
    ),
    "line_too_long": (
        "the line is longer than {detail}",
        "check that the file has one JSON object in each line",
    ),
    "truncated": ("the file ends in the middle: {detail}", "copy the file into the drop folder again"),
    "unreadable_file": (
        "the file cannot be opened: {detail}",
        "check the format in listening.yml, or copy the file again",
    ),
    "html_instead_of_feed": (
        "the address answers with a web page, not a feed",
        "look for the feed's own address in the page (link rel=alternate)",
    ),
}


def explain(reason: str, **about: object) -> tuple[str, str]:
    """Return detail and remedy of a reason code; `about` fills field, value, detail and limit."""
    detail, remedy = REASONS[reason]
    return detail.format(**about), remedy.format(**about)
