"""The shape of `listening.yml`, as pydantic models: what may stand where, and what each key means.

These models check one value or one item at a time. What holds between items (unique ids, members that
exist) is checked in `checks.py`, so that one run reports everything.
"""

import codecs
import re
import zoneinfo
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from ingestion.home import Home
from ingestion.listening.languages import ISO_639_1
from ingestion.listening.query.clauses import TooLarge, Unanchored, clauses_of
from ingestion.listening.query.entities import entity_clauses, parsed
from ingestion.listening.query.errors import QuerySyntaxError
from ingestion.listening.query.filters import PLATFORM
from ingestion.listening.shipped import pattern_of, shipped_names, shipped_set
from ingestion.listening.text import Example, Handle, Hashtag, Slug, Term, Text, invalid, slug


def _time_zone(name: str) -> str:
    if name not in zoneinfo.available_timezones():
        raise invalid(
            f"there is no time zone {name!r}",
            "write an IANA name such as Europe/Berlin or UTC",
        )
    return name


def _language(code: str) -> str:
    if code not in ISO_639_1:
        raise invalid(
            f"{code!r} is no language code",
            "write a two-letter ISO 639-1 code such as en",
        )
    return code


def _country(code: str) -> str:
    if len(code) != 2 or not code.isascii() or not code.isalpha() or not code.isupper():
        raise invalid(
            f"{code!r} is no country code",
            "write a two-letter ISO 3166 code in capitals such as DE",
        )
    return code


def _encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise invalid(
            f"there is no encoding {name!r}",
            "write for example utf-8, latin-1 or utf-16",
        ) from None


def _time_format(text: str) -> str:
    letters = set(re.findall(r"%-?(.)", text))
    if not (letters >= {"d", "m", "Y"} or letters >= {"d", "m", "y"} or letters >= {"d", "b", "Y"}):
        raise invalid(f"{text!r} tells no day, month and year", 'write for example "%m/%d/%Y %H:%M"')
    if unknown := letters - set("dmbBYyHIMSfpaA%"):
        raise invalid(
            f"%{min(unknown)} is not understood here",
            "use %d %m %b %Y %y %H %I %M %S %f %p; times with an offset are read without a format",
        )
    return text


def _pattern(text: str) -> str:
    path = PurePosixPath(text)
    if path.is_absolute() or ".." in path.parts or text.startswith("~") or "\\" in text:
        raise invalid(
            f"{text!r} leaves the drop folder",
            "write a pattern of file names below it, such as export*.csv",
        )
    return text


def _scalar(value: Any) -> str | int | float | bool:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | int | float | bool):
        return value
    raise invalid("must be one text, number or true/false", "write a single value")


def _platform(name: str) -> str:
    if not PLATFORM.fullmatch(name):
        raise invalid(
            f"{name!r} is no platform: lower-case letters, digits and '_' only",
            "write it as the posts do, for example x, reddit or youtube",
        )
    return name


def _query(text: str) -> str:
    try:
        clauses_of(parsed(text))
    except QuerySyntaxError as error:
        raise invalid(error.message, error.hint) from None
    except TooLarge as error:
        raise invalid(f"is too large: {error}", "write fewer ORs inside ANDs, or split the query") from None
    except Unanchored as error:
        raise invalid(str(error), "join it by AND with a word, an author or a site") from None
    return text


def minutes_of(time_of_day: str) -> int:
    """Return the minutes since midnight of a checked `HH:MM`."""
    hours, minutes = time_of_day.split(":")
    return int(hours) * 60 + int(minutes)


def _clock_text(value: Any) -> Any:
    # Unquoted, YAML reads 17:30 as a number to the base of 60.
    return f"{value // 60:02d}:{value % 60:02d}" if type(value) is int and 0 <= value <= 1440 else value


def _time_of_day(text: str) -> str:
    if not re.fullmatch(r"[0-9]{1,2}:[0-9]{2}", text) or int(text[-2:]) > 59 or minutes_of(text) > 1440:
        raise invalid(f"{text!r} is no time of day", 'write hours and minutes such as "09:00", in quotes')
    return f"{minutes_of(text) // 60:02d}:{minutes_of(text) % 60:02d}"


def _app_id(app: Any) -> str:
    text = str(app).removeprefix("id")
    if isinstance(app, bool) or not text.isdecimal():
        raise invalid(f"{app!r} is no app id", "write the number in the app's address, such as 284882215")
    return text


def _url(text: str) -> str:
    if not text.lower().startswith(("http://", "https://")) or len(text.split("/", 3)[2]) == 0:
        raise invalid(f"{text!r} is no web address", "write it in full, beginning with https://")
    return text


def _socket_url(text: str) -> str:
    if not text.lower().startswith(("ws://", "wss://")) or len(text.split("/", 3)[2]) == 0:
        raise invalid(f"{text!r} is no address of a web socket", "write it in full, beginning with wss://")
    return text


def _api_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,79}", name):
        raise invalid(f"{name!r} is no name of a field", "write its API name, such as Segment__c")
    return name


def _some(values: tuple[str, ...]) -> tuple[str, ...]:
    if not values:
        raise invalid("is empty", "name at least one, or remove the key")
    return values


def _distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    seen = set()
    for value in values:
        if value in seen:
            raise invalid(f"names {value!r} twice", "remove one of the two")
        seen.add(value)
    return values


TimeZone = Annotated[str, AfterValidator(_time_zone)]
Language = Annotated[str, AfterValidator(_language)]
Country = Annotated[str, AfterValidator(_country)]
Query = Annotated[str, AfterValidator(_query)]
Scalar = Annotated[Any, BeforeValidator(_scalar)]
AppId = Annotated[str, BeforeValidator(_app_id)]
Url = Annotated[Text, AfterValidator(_url)]
SocketUrl = Annotated[Text, AfterValidator(_socket_url)]
ApiName = Annotated[Text, AfterValidator(_api_name)]
Languages = Annotated[tuple[Language, ...], AfterValidator(_distinct)]
Platform = Annotated[str, AfterValidator(_platform)]
Accounts = Annotated[tuple[Text, ...], AfterValidator(_some), AfterValidator(_distinct)]
TimeOfDay = Annotated[str, BeforeValidator(_clock_text), AfterValidator(_time_of_day)]


class Strict(BaseModel):
    """Base of all parts: unknown keys are errors, values do not change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BusinessHours(Strict):
    """When support is at work, in the reporting time zone: what response times in business hours count."""

    days: Annotated[
        tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...],
        AfterValidator(_some),
        AfterValidator(_distinct),
    ] = ("mon", "tue", "wed", "thu", "fri")
    opens: TimeOfDay = "09:00"
    closes: TimeOfDay = "17:00"
    holidays: Annotated[tuple[date, ...], AfterValidator(_distinct)] = ()

    @model_validator(mode="after")
    def _closes_after_opening(self) -> "BusinessHours":
        if minutes_of(self.closes) <= minutes_of(self.opens):
            raise invalid(
                f"closes at {self.closes}, not after it opens at {self.opens}",
                "swap or correct the two times; a shift over midnight is not understood here",
            )
        return self


class Reporting(Strict):
    """How days are cut, how far back late and edited posts still change them, when support is at work."""

    time_zone: TimeZone = "UTC"
    look_back_days: int = Field(default=28, ge=1, le=366)
    business_hours: BusinessHours | None = None


class Relevance(Strict):
    """Tells an entity from what is called alike: words and texts that go with it, and texts where another is meant."""

    context: Annotated[tuple[Example, ...], AfterValidator(_some), AfterValidator(_distinct)]
    counter_examples: Annotated[tuple[Example, ...], AfterValidator(_some), AfterValidator(_distinct)]


class Entity(Strict):
    """Something to listen for. A post mentions it when it holds one of the terms, handles or hashtags, or
    fits the Boolean `query`, and holds none of the excluded terms; case and accents do not matter, phrases
    match word by word. A cash tag is a term with its sign: "$MA" matches no word "ma".

    `owned` names the accounts that speak for it, by platform, each as the source writes the author's id.
    They become pseudonyms before they are stored, as all authors do. With `relevance` a small model judges
    each match: a post where another is meant is no mention.
    """

    name: Text
    id: Slug = ""
    terms: tuple[Term, ...] = ()
    handles: tuple[Handle, ...] = ()
    hashtags: tuple[Hashtag, ...] = ()
    exclude: tuple[Term, ...] = ()
    owned: dict[Platform, Accounts] = {}
    query: Query | None = None
    relevance: Relevance | None = None

    @model_validator(mode="before")
    @classmethod
    def _id_from_name(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("name"), str) and data.get("id") is None:
            proposal = slug(data["name"])[:80].strip("_")
            rest = {key: value for key, value in data.items() if key != "id"}
            return {**rest, "id": proposal} if proposal else rest
        return data

    @model_validator(mode="after")
    def _matches_something(self) -> "Entity":
        if not self.id:
            raise invalid(
                f"no id can be made of the name {self.name!r}",
                "add an id in plain letters, such as id: my_brand",
            )
        if not (self.terms or self.handles or self.hashtags or self.query):
            raise invalid("has nothing to match", f"add terms, for example terms: [{self.name}]")
        try:
            entity_clauses(self)
        except TooLarge as error:
            raise invalid(f"its query is too large: {error}", "split the query") from None
        return self


class Brand(Entity):
    """A brand of one's own, or a rival."""


class Product(Entity):
    """A product, usually of a brand or rival (`of`)."""

    of: Slug | None = None


class Person(Entity):
    """A person, such as a founder or a spokesperson, usually of a brand or rival (`of`)."""

    of: Slug | None = None


class Campaign(Entity):
    """A campaign with its first and last day in the reporting time zone."""

    of: Slug | None = None
    starts: date | None = None
    ends: date | None = None

    @model_validator(mode="after")
    def _ends_after_start(self) -> "Campaign":
        if self.starts and self.ends and self.ends < self.starts:
            raise invalid(
                f"ends on {self.ends}, before it starts on {self.starts}",
                "swap or correct the two days",
            )
        return self


class Panel(Strict):
    """A comparison panel: the entities whose shares sum to 1, and the filters that hold for all of them.

    Raise `version` when members or filters change: the marts then show a break in the series.
    """

    id: Slug
    name: Text = ""
    version: int = Field(default=1, ge=1)
    members: Annotated[tuple[Slug, ...], AfterValidator(_some), AfterValidator(_distinct)]
    languages: Languages = ()
    platforms: Annotated[tuple[Slug, ...], AfterValidator(_distinct)] = ()
    countries: Annotated[tuple[Country, ...], AfterValidator(_distinct)] = ()


class Target(Strict):
    """What a KPI of the scorecard shall reach from a day on (`from`), to another (`to`), both included.

    `entity` is an own brand for what is said in public; surveys and support are the company's and have
    none. KPIs are listed in `targets.py`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    kpi: Text
    entity: Slug | None = None
    value: float = Field(allow_inf_nan=False)
    starts: date = Field(alias="from")
    ends: date | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _ends_after_start(self) -> "Target":
        if self.ends and self.ends < self.starts:
            raise invalid(
                f"ends on {self.ends}, before it starts on {self.starts}", "swap or correct from and to"
            )
        return self


class DemoSource(Strict):
    """The synthetic posts that ship with the project."""

    enabled: bool = False
    until: date | None = Field(default=None, description="last day of the story; a fixed day if not given")
    posts: int = Field(default=24_000, ge=1_000, le=50_000_000)


class PostTypeRule(Strict):
    """Derives a post's type from fields that are present; the first of these that applies wins."""

    reshare_when_present: Text | None = None
    quote_when_present: Text | None = None
    reply_when_present: Text | None = None

    @model_validator(mode="after")
    def _has_a_rule(self) -> "PostTypeRule":
        if not (self.reshare_when_present or self.quote_when_present or self.reply_when_present):
            raise invalid(
                "holds no rule",
                "add for example reshare_when_present: $.retweeted_status.id_str",
            )
        return self


class OneOf(Strict):
    """True where a column of the file holds one of these values, false where another, absent where none."""

    column: Text
    values: Annotated[tuple[Text, ...], AfterValidator(_some), AfterValidator(_distinct)]


class Derive(Strict):
    """Columns computed from others when the file does not have them."""

    post_type: PostTypeRule | None = None
    is_won: OneOf | None = None
    is_closed: OneOf | None = None
    is_deleted: OneOf | None = None
    is_inbound: OneOf | None = None
    needs_reply: OneOf | None = None
    is_new_customer: OneOf | None = None
    is_renewal: OneOf | None = None
    first_of: dict[str, Annotated[tuple[Text, ...], AfterValidator(_some), AfterValidator(_distinct)]] = {}
    """Columns told by different columns of the file in different rows: the first that is filled in counts."""

    def yes_or_no(self) -> dict[str, OneOf]:
        """Return the rules that make a true or false, by the column they fill."""
        return {name: rule for name, rule in self if isinstance(rule, OneOf)}


Wanted = Annotated[tuple[Text, ...], AfterValidator(_some), AfterValidator(_distinct)]


class Lookup(Strict):
    """Columns from another file of the drop folder, such as the people of a support tool for its comments.

    For each row, the row of the files that fit `pattern` whose `key` is this row's `equals`; among several,
    the one that is greatest in `newest`. `columns` gives what is taken a name, under which the mapping uses
    it as if it were a column of its own file. `where` chooses rows of the other files. A file waits until
    what it looks things up in is there; with `is_optional` it does not, and may find nothing.
    """

    pattern: Annotated[Text, AfterValidator(_pattern)]
    key: Text
    equals: Text
    newest: Text | None = None
    where: dict[str, Wanted] = {}
    columns: dict[Slug, Text]
    is_optional: bool = False


class FileMapping(Strict):
    """How the columns of one kind of file become the columns of a landing contract.

    `columns` maps contract column -> column of the file, or JSON path such as `$.user.id_str` for
    JSON lines. What neither `columns` nor `extra` names is not stored. `unescape: html` says that the
    file writes `&` as `&amp;` in texts, as X's older API does. `absent` are values of a CSV file that
    mean nothing was given, `time_format` is how it writes times and days if not in a form that is read anyway.
    Mappings of one system, such as a CRM's accounts and its opportunities, share a name: their ids then
    belong together.

    `optional` are columns of the contract whose column a file may lack. `skip_lines` is how many lines stand above
    a CSV file's header (`find` looks for the one that has the columns), `skip_rows` how many rows below it are no
    data. `where` keeps the rows that hold one of these values, `where_not` those that do not. `only_if` lets a
    column count only where another holds one of the values, as the day of closing of a deal that is closed.
    `values` says what a word of the file, in any case, is called in the contract (empty: nothing), `"*"` any other.
    `thousands` and `decimal` are how numbers are written. `mask` hides e-mail addresses and phone numbers in what
    people wrote. `table` names the table of a DuckDB file, with its schema.
    """

    name: Slug
    pattern: Annotated[Text, AfterValidator(_pattern)]
    resource: Literal[
        "posts",
        "crm_accounts",
        "crm_contacts",
        "crm_opportunities",
        "nps_responses",
        "survey_invitations",
        "support_cases",
        "case_messages",
        "post_insights",
        "account_metrics",
        "ad_costs",
        "web_sessions",
        "employee_flags",
        "rival_labels",
    ] = "posts"
    format: Literal["csv", "duckdb", "jsonl", "parquet", "xlsx"]
    table: Text | None = None
    encoding: Annotated[str, AfterValidator(_encoding)] = "utf-8"
    time_zone: TimeZone | None = None
    time_format: Annotated[Text, AfterValidator(_time_format)] | None = None
    unescape: Literal["html"] | None = None
    absent: Annotated[tuple[Text, ...], AfterValidator(_distinct)] = ()
    optional: Annotated[tuple[Text, ...], AfterValidator(_distinct)] = ()
    skip_lines: Annotated[int, Field(ge=0, le=1_000)] | Literal["find"] = 0
    skip_rows: int = Field(default=0, ge=0, le=100)
    thousands: Literal[",", ".", "'", " "] | None = None
    decimal: Literal[".", ","] = "."
    mask: bool = False
    where: dict[str, Wanted] = {}
    where_not: dict[str, Wanted] = {}
    lookups: tuple[Lookup, ...] = ()
    constants: dict[str, Scalar] = {}
    columns: dict[str, Text]
    derive: Derive = Derive()
    only_if: dict[str, OneOf] = {}
    values: dict[str, dict[str, Scalar | None]] = {}
    extra: Annotated[tuple[Text, ...], AfterValidator(_distinct)] = ()

    @model_validator(mode="after")
    def _table_of_a_database(self) -> "FileMapping":
        if (self.format == "duckdb") != (self.table is not None):
            raise invalid(
                "needs a table for format duckdb, and has none for others",
                "name it with its schema, as in table: facebook_pages.post_history, or remove table",
            )
        return self

    @model_validator(mode="after")
    def _absent_in_csv(self) -> "FileMapping":
        if self.absent and self.format not in ("csv", "xlsx"):
            raise invalid(
                f"has absent values, but {self.format} says by itself what is absent", "remove absent"
            )
        if (self.skip_lines and self.format not in ("csv", "xlsx")) or (
            self.skip_rows and self.format != "csv"
        ):
            raise invalid(
                f"has lines that are no data, but {self.format} has none", "remove skip_lines and skip_rows"
            )
        if self.thousands == self.decimal:
            raise invalid(
                f"has {self.decimal!r} for thousands and for decimals", "correct thousands or decimal"
            )
        return self


WRITTEN = {"csv": (), "xlsx": ("skip_rows",)}
"""Keys of a mapping that do not hold for a format; those of how a CSV file is written hold for no other."""
CSV_ONLY = ("absent", "skip_lines", "skip_rows")


class Shipped(Strict):
    """Mappings that ship with Listenhouse, by name, and what differs here.

    `only` takes some of their resources, `folder` is where the files lie below the drop folder. What else is
    said stands in for what ships; `columns` and `constants` are added to it, one by one, and an empty value takes
    one away. `pattern` and `columns` are for one resource.
    """

    use: Text
    only: Annotated[tuple[Text, ...], AfterValidator(_distinct)] = ()
    name: Slug | None = None
    folder: Annotated[Text, AfterValidator(_pattern)] | None = None
    pattern: Annotated[Text, AfterValidator(_pattern)] | None = None
    format: Literal["csv", "duckdb", "jsonl", "parquet", "xlsx"] | None = None
    encoding: Annotated[str, AfterValidator(_encoding)] | None = None
    time_zone: TimeZone | None = None
    time_format: Annotated[Text, AfterValidator(_time_format)] | None = None
    absent: Annotated[tuple[Text, ...], AfterValidator(_distinct)] | None = None
    where: dict[str, Wanted] | None = None
    constants: dict[str, Scalar | None] = {}
    columns: dict[str, Text | None] = {}

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, data: Any) -> Any:
        return {"use": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _is_shipped(self) -> "Shipped":
        if self.use not in shipped_names():
            raise invalid(f"there are no mappings {self.use!r}", f"use one of {', '.join(shipped_names())}")
        shipped = shipped_set(self.use)
        resources = [mapping["resource"] for mapping in shipped.mappings]
        for resource in self.only:
            if resource not in resources:
                raise invalid(f"{self.use} has no {resource}", f"use some of {', '.join(resources)}")
        if (self.pattern or self.columns) and len(self.only or resources) > 1:
            raise invalid(
                f"has pattern or columns for {len(resources)} resources",
                f"add only: [{resources[0]}], and one item more for each other resource",
            )
        if self.format == "duckdb" and not all(mapping.get("table") for mapping in shipped.mappings):
            raise invalid(f"{self.use} is made of files, not of tables", "use format csv or xlsx")
        for asked, (meaning, example) in shipped.asks.items():
            part, _, column = asked.partition(".")
            given = getattr(self, part)
            if given is None or (column and column not in given):
                raise invalid(f"{self.use} has to be told {meaning}", f"add for example {example}")
        return self

    def mappings(self) -> tuple[FileMapping, ...]:
        """Return the mappings that ship under this name, with what differs here."""
        shipped = shipped_set(self.use)
        said = {
            key: value
            for key in ("format", "encoding", "time_zone", "time_format", "absent", "where")
            if (value := getattr(self, key)) is not None
        }
        folder = self.folder.rstrip("/") if self.folder else None
        made = []
        for mapping in shipped.mappings:
            if self.only and mapping["resource"] not in self.only:
                continue
            format = said.get("format", mapping["format"])
            lookups = [
                {**lookup, "pattern": pattern_of(lookup, folder, format)}
                for lookup in mapping.get("lookups", ())
            ]
            parts = {
                part: {
                    key: value
                    for key, value in {**mapping.get(part, {}), **getattr(self, part)}.items()
                    if value is not None
                }
                for part in ("columns", "constants")
            }
            pattern = pattern_of(
                mapping if self.pattern is None else {"pattern": self.pattern}, folder, format
            )
            left = ("table", "schema", "files", *WRITTEN.get(format, CSV_ONLY))
            rest = {key: value for key, value in mapping.items() if key not in left}
            if "optional" in rest:
                rest["optional"] = [name for name in rest["optional"] if name in parts["columns"]]
            if format == "duckdb":
                # A connector gives its schema its own name.
                rest["table"] = f"{mapping['schema']}.{mapping['table']}"
            made.append(
                FileMapping.model_validate(
                    {"name": self.name or self.use, **rest, **said, **parts}
                    | {"pattern": pattern, "lookups": lookups}
                )
            )
        return tuple(made)


class FilesSource(Strict):
    """The drop folder: every file that fits a mapping's pattern is landed once per content.

    `shipped` names mappings that ship with Listenhouse, besides those that the file has.
    """

    enabled: bool = False
    folder: Text | None = Field(
        default=None,
        description="relative to listening.yml; the home's drop/ if not given",
    )
    mappings: tuple[FileMapping, ...] = ()
    shipped: tuple[Shipped, ...] = ()

    def every_mapping(self) -> tuple[FileMapping, ...]:
        """Return the mappings that are written out and those that are named, in this order."""
        return (*self.mappings, *(mapping for named in self.shipped for mapping in named.mappings()))

    def path(self, home: Home) -> Path:
        """Return the drop folder of this machine."""
        if self.folder is None:
            return home.drop
        return (home.config.parent / Path(self.folder).expanduser()).resolve()


class HackernewsSource(Strict):
    """Hacker News through its public API: no key needed."""

    enabled: bool = False
    lists: Annotated[
        tuple[
            Literal[
                "newstories",
                "topstories",
                "beststories",
                "askstories",
                "showstories",
                "jobstories",
                "maxitem",  # every item, comments too
            ],
            ...,
        ],
        AfterValidator(_some),
        AfterValidator(_distinct),
    ] = ("newstories",)
    max_items: int = Field(default=500, ge=1, le=10_000)
    reobserve_days: int = Field(default=7, ge=0, le=90)
    base_url: Url = "https://hacker-news.firebaseio.com/v0"


class FeedsSource(Strict):
    """RSS, Atom and JSON feeds."""

    enabled: bool = False
    urls: Annotated[tuple[Url, ...], AfterValidator(_distinct)] = ()

    @model_validator(mode="after")
    def _has_urls(self) -> "FeedsSource":
        if self.enabled and not self.urls:
            raise invalid(
                "is enabled but has no urls",
                "add urls: [https://...] or set enabled: false",
            )
        return self


class NetworkSource(Strict):
    """What all networks have: how much is asked of them, and what besides the entities' own terms."""

    enabled: bool = False
    queries: Annotated[tuple[Text, ...], AfterValidator(_distinct)] = ()
    max_pages: int = Field(default=100, ge=1, le=10_000, description="requests for pages in a run")
    first_days: int = Field(default=7, ge=1, le=366, description="how far the first run goes back")
    revisit_days: int = Field(default=7, ge=0, le=90)
    max_revisits: int = Field(default=200, ge=0, le=10_000)
    daily_units: int | None = Field(default=None, ge=1, description="requests (or units of quota) a day")


class AppstoreSource(NetworkSource):
    """Reviews of apps in Apple's App Store: the number in an app's address, and the countries of the stores."""

    base_url: Url = "https://itunes.apple.com"
    apps: Annotated[tuple[AppId, ...], AfterValidator(_distinct)] = ()
    countries: Annotated[tuple[Country, ...], AfterValidator(_some), AfterValidator(_distinct)] = ("US",)

    @model_validator(mode="after")
    def _has_apps(self) -> "AppstoreSource":
        if self.enabled and not self.apps:
            raise invalid("is enabled but has no apps", "add apps: [284882215] or set enabled: false")
        return self


class BlueskySource(NetworkSource):
    """Bluesky's search: with an account's app password, or on a server that asks for none."""

    base_url: Url = "https://bsky.social"


class OwnedSource(NetworkSource):
    """What all own channels have: the accounts, which are those under `owned` of the entities if none is named."""

    accounts: Annotated[tuple[Text, ...], AfterValidator(_distinct)] = ()
    comments: bool = True
    insights: bool = True
    insight_days: int = Field(default=28, ge=1, le=90, description="how long a post's figures are asked for")
    first_days: int = Field(default=30, ge=1, le=366, description="how far the first run goes back")
    revisit_days: int = Field(default=28, ge=0, le=90, description="how long comments and deletions are read")


class FacebookSource(OwnedSource):
    """Pages that the brand runs on Facebook: their posts, comments and figures."""

    base_url: Url = "https://graph.facebook.com/v23.0"


class InstagramSource(OwnedSource):
    """Professional accounts that the brand runs on Instagram: their posts, stories, comments and figures."""

    stories: bool = True
    base_url: Url = "https://graph.facebook.com/v23.0"


class GdeltSource(NetworkSource):
    """GDELT's index of online news; `max_records` are the articles of one answer."""

    base_url: Url = "https://api.gdeltproject.org"
    max_records: int = Field(default=250, ge=1, le=250)


class JetstreamSource(Strict):
    """Bluesky's stream of all posts, of which those with a searched term are kept; no account needed."""

    enabled: bool = False
    base_url: SocketUrl = "wss://jetstream2.us-east.bsky.network"
    queries: Annotated[tuple[Text, ...], AfterValidator(_distinct)] = ()
    first_hours: int = Field(default=24, ge=0, le=72, description="how far the first run goes back")
    listen_seconds: int = Field(
        default=0, ge=0, le=86_400, description="beyond the present, once a run is there"
    )
    max_seconds: int = Field(default=900, ge=1, le=86_400, description="how long a run reads at most")
    max_events: int = Field(default=5_000_000, ge=1, description="how many events a run reads at most")


class LinkedinSource(OwnedSource):
    """Pages that the brand runs on LinkedIn: their posts, comments and figures."""

    base_url: Url = "https://api.linkedin.com/rest"
    version: Annotated[str, Field(pattern=r"^20[0-9]{4}$")] = "202511"


class YoutubeAnalyticsSource(OwnedSource):
    """Channels of the brand on YouTube: their videos, comments and what only the owner of a channel sees."""

    base_url: Url = "https://youtubeanalytics.googleapis.com/v2"
    data_url: Url = "https://www.googleapis.com/youtube/v3"
    token_url: Url = "https://oauth2.googleapis.com/token"


class MastodonSource(NetworkSource):
    """Hashtags and the public timeline of one Mastodon server."""

    base_url: Url = "https://mastodon.social"
    streaming_url: SocketUrl | None = None
    listen_seconds: int = Field(
        default=0, ge=0, le=86_400, description="how long a run listens to the stream after its pages"
    )
    timelines: Annotated[
        tuple[Literal["hashtags", "public"], ...], AfterValidator(_some), AfterValidator(_distinct)
    ] = ("hashtags",)


class RedditSource(NetworkSource):
    """Reddit's search, and whole subreddits with their comments."""

    base_url: Url = "https://oauth.reddit.com"
    token_url: Url = "https://www.reddit.com/api/v1/access_token"
    subreddits: Annotated[tuple[Slug, ...], AfterValidator(_distinct)] = ()


class OwnSystem(NetworkSource):
    """A business system at an address of the company's own; all of its records are read, not what queries find."""

    base_url: Url = ""
    first_days: int = Field(default=3650, ge=1, le=36_500, description="how far the first run goes back")

    @model_validator(mode="after")
    def _has_an_address(self) -> "OwnSystem":
        if self.enabled and not self.base_url:
            raise invalid("is enabled but has no base_url", "add base_url: https://<your company's address>")
        return self


class DelightedSource(OwnSystem):
    """Answers of one project."""

    base_url: Url = "https://api.delighted.com"
    segment_property: Text | None = None


class HubspotSource(OwnSystem):
    """Companies and deals of one account, and which address belongs to which company."""

    base_url: Url = "https://api.hubapi.com"
    segment_property: ApiName = "industry"
    touches_property: ApiName | None = None
    contacts: bool = True


class SalesforceSource(OwnSystem):
    """Accounts and opportunities of one org, and which address belongs to which account."""

    segment_field: ApiName = "Type"
    touches_field: ApiName | None = None
    contacts: bool = True


class ZendeskSource(OwnSystem):
    """Tickets of Zendesk Support, and what was written in them."""

    comments: bool = True
    first_days: int = Field(default=365, ge=1, le=36_500, description="how far the first run goes back")


class YoutubeSource(NetworkSource):
    """YouTube's search, and the comments under named videos."""

    base_url: Url = "https://www.googleapis.com/youtube/v3"
    videos: Annotated[tuple[Text, ...], AfterValidator(_distinct)] = ()


class XSource(NetworkSource):
    """X's recent search, and the timelines of accounts, which are those under `owned` of the entities if none is
    named; X bills every post that it gives."""

    base_url: Url = "https://api.x.com"
    compliance_hours: int = Field(
        default=24,
        ge=0,
        le=720,
        description="how often all that has landed is asked for deletions; 0 for never",
    )
    accounts: Annotated[tuple[Text, ...], AfterValidator(_distinct)] = ()
    max_pages: int = Field(
        default=20, ge=1, le=10_000, description="requests for pages of 100 posts in a run"
    )


class StackexchangeSource(NetworkSource):
    """Questions of one Stack Exchange site."""

    base_url: Url = "https://api.stackexchange.com/2.3"
    site: Slug = "stackoverflow"


class Sources(Strict):
    """Where posts and business records come from."""

    demo: DemoSource = DemoSource()
    files: FilesSource = FilesSource()
    hackernews: HackernewsSource = HackernewsSource()
    feeds: FeedsSource = FeedsSource()
    appstore: AppstoreSource = AppstoreSource()
    bluesky: BlueskySource = BlueskySource()
    delighted: DelightedSource = DelightedSource()
    facebook: FacebookSource = FacebookSource()
    hubspot: HubspotSource = HubspotSource()
    instagram: InstagramSource = InstagramSource()
    gdelt: GdeltSource = GdeltSource()
    jetstream: JetstreamSource = JetstreamSource()
    linkedin: LinkedinSource = LinkedinSource()
    mastodon: MastodonSource = MastodonSource()
    reddit: RedditSource = RedditSource()
    salesforce: SalesforceSource = SalesforceSource()
    stackexchange: StackexchangeSource = StackexchangeSource()
    x: XSource = XSource()
    youtube: YoutubeSource = YoutubeSource()
    youtube_analytics: YoutubeAnalyticsSource = YoutubeAnalyticsSource()
    zendesk: ZendeskSource = ZendeskSource()


class Listening(Strict):
    """All of `listening.yml`."""

    version: Literal[1]
    reporting: Reporting = Reporting()
    languages: Annotated[Languages, AfterValidator(_some)] = ("en",)
    brands: tuple[Brand, ...] = ()
    rivals: tuple[Brand, ...] = ()
    products: tuple[Product, ...] = ()
    people: tuple[Person, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    panels: tuple[Panel, ...] = ()
    targets: tuple[Target, ...] = ()
    sources: Sources = Sources()

    def owned_on(self, platform: str) -> tuple[str, ...]:
        """Return the accounts on a platform that speak for an entity of ours: rivals' give us no access."""
        accounts = (a for kind, e in self.entities() if kind != "rival" for a in e.owned.get(platform, ()))
        return tuple(dict.fromkeys(accounts))

    def entities(self) -> list[tuple[str, Entity]]:
        """Return every entity with its kind (brand, rival, product, person, campaign), in file order."""
        return [
            (kind, entity) for section, kind in ENTITY_SECTIONS.items() for entity in getattr(self, section)
        ]


ENTITY_SECTIONS = {
    "brands": "brand",
    "rivals": "rival",
    "products": "product",
    "people": "person",
    "campaigns": "campaign",
}
