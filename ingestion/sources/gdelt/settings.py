"""Constants of the GDELT source."""

from datetime import timedelta

from ingestion.http import Politeness
from ingestion.network import Declaration, QueryLimits

PLATFORM = "news"
"""Slug of what it searches; articles of other news sources share it."""
SHORTEST_WINDOW = timedelta(hours=1)
"""The index is made every 15 minutes, and a span below is refused."""
POLITENESS = Politeness(pause_per_host_s=6.0, max_bytes=8 * 1024 * 1024)
MAX_ID = 512
"""Characters of a post's id: a longer address stands as its hash."""

DECLARATION = Declaration(
    name="gdelt",
    platform=PLATFORM,
    api="https://blog.gdeltproject.org/gdelt-doc-2-0-api-debuts/",
    paging="span of time",
    data_flow="/api/v2/doc/doc?mode=artlist -> raw_gdelt.posts",
    delete_capture="none",
    rate_limit="One request in five seconds; one in six here, Retry-After obeyed",
    terms="Free for any use: name the GDELT Project and link to it. The articles belong to their publishers; only "
    "headlines and addresses are given.",
    personal_data="Headlines and addresses of articles, the publisher's domain as author. No names of journalists.",
    retention_days=None,
    reach="dates",
    reach_days=90,
    reach_told="the index that it searches covers three months",
    query_limits=QueryLimits(max_characters=200, max_terms=10, any_of=" OR ", quotes_signs=True),
)

LANGUAGES = dict(
    pair.split(":")
    for pair in (
        "Afrikaans:af Albanian:sq Arabic:ar Armenian:hy Azerbaijani:az Basque:eu Belarusian:be Bengali:bn "
        "Bosnian:bs Bulgarian:bg Catalan:ca Chinese:zh Croatian:hr Czech:cs Danish:da Dutch:nl English:en "
        "Estonian:et Finnish:fi French:fr Galician:gl Georgian:ka German:de Greek:el Gujarati:gu Hebrew:he "
        "Hindi:hi Hungarian:hu Icelandic:is Indonesian:id Italian:it Japanese:ja Kannada:kn Kazakh:kk Korean:ko "
        "Latvian:lv Lithuanian:lt Macedonian:mk Malay:ms Malayalam:ml Marathi:mr Mongolian:mn Nepali:ne "
        "Norwegian:no Persian:fa Polish:pl Portuguese:pt Punjabi:pa Romanian:ro Russian:ru Serbian:sr Sinhalese:si "
        "Slovak:sk Slovenian:sl Somali:so Spanish:es Swahili:sw Swedish:sv Tamil:ta Telugu:te Thai:th Tibetan:bo "
        "Turkish:tr Ukrainian:uk Urdu:ur Vietnamese:vi"
    ).split()
)
"""GDELT writes languages as English words; these are their codes (ISO 639-1)."""
