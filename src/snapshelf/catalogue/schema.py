"""The tables. Migrations create them; `tests/unit/test_catalogue.py` holds the two against each other."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text

HEAD = "0006"  # the newest migration

metadata = MetaData()

products = Table(
    "products",
    metadata,
    Column("sku", String, primary_key=True),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("brand", String, nullable=False),
    Column("category", String, nullable=False),
    Column("price", Float),
    Column("currency", String, nullable=False),
    Column("stock", Integer),
    Column("gtin", String, nullable=False),
    Column("mpn", String, nullable=False),
    Column("family", String, nullable=False),
    Column("images", JSON, nullable=False),
    Column("attributes", JSON, nullable=False),
    Column("source", String, nullable=False),  # the catalogue file it came from; "" when given by a program
    Column("fingerprint", String, nullable=False),  # of everything above: equal means unchanged
    Column("changed", Integer, nullable=False),  # sequence number of the transaction that last changed it
    Column("audios", JSON, nullable=False, server_default="[]"),
    Column("videos", JSON, nullable=False, server_default="[]"),
    Index("products_family", "family"),
    Index("products_source", "source"),
    Index("products_changed", "changed"),
)

# Every filterable value of every product, one row each (a list has several), so that filters and counts are indexed
# look-ups on any database. Booleans are the numbers 0 and 1.
attributes = Table(
    "attributes",
    metadata,
    Column("sku", String, ForeignKey("products.sku", ondelete="CASCADE"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("number", Float),
    Column("text", String),
    Index("attributes_number", "name", "number", "sku"),
    Index("attributes_text", "name", "text", "sku"),
)

# SKU, GTIN and part number without punctuation and case, as `codes.rows_of` makes them.
codes = Table(
    "codes",
    metadata,
    Column("code", String, primary_key=True),
    Column("kind", String, primary_key=True),  # sku, gtin, mpn
    Column("sku", String, ForeignKey("products.sku", ondelete="CASCADE"), primary_key=True),
    Index("codes_sku", "sku"),
)

kinds = Table(
    "kinds",
    metadata,
    Column("name", String, primary_key=True),
    Column("kind", String, nullable=False),
)

# What the views beside the text show: a row for each picture, sound, and segment of a video.
media = Table(
    "media",
    metadata,
    Column("sku", String, ForeignKey("products.sku", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("ref", String, nullable=False),  # path or URL
    Column("stamp", String, nullable=False),  # size and modification time of the file when it was read; "" for a URL
    Column("content", String, nullable=False),  # sha256 of what is embedded
    Column("width", Integer, nullable=False),  # pixels; 0 of a sound
    Column("height", Integer, nullable=False),
    Column("kind", String, nullable=False, server_default="image"),  # image, audio, video
    Column("start", Float),  # seconds of a part within its file, otherwise none
    Column("end", Float),
    Index("media_kind", "kind"),
)

embeddings = Table(
    "embeddings",
    metadata,
    Column("content", String, primary_key=True),
    Column("model", String, primary_key=True),  # name@revision
    Column("purpose", String, primary_key=True),
    Column("dim", Integer, primary_key=True),
    Column("vector", LargeBinary, nullable=False),  # float16, little-endian
)

views = Table(
    "views",
    metadata,
    Column("sku", String, ForeignKey("products.sku", ondelete="CASCADE"), primary_key=True),
    Column("aspect", String, primary_key=True),
    Column("content", String, nullable=False),
    Column("added", Integer, nullable=False),  # transaction in which its content came
    Column("touched", Integer, nullable=False),  # transaction in which its product's attributes last changed
    Index("views_added", "added"),
    Index("views_touched", "touched"),
    Index("views_content", "content"),
)

# Views that are no more (aspect "" : the product itself), until they come back; every index must drop them.
gone = Table(
    "gone",
    metadata,
    Column("sku", String, primary_key=True),
    Column("aspect", String, primary_key=True),
    Column("seq", Integer, nullable=False),
    Index("gone_seq", "seq"),
)

# How far each index has followed, by its name; "now" is the newest transaction.
cursors = Table(
    "cursors",
    metadata,
    Column("name", String, primary_key=True),
    Column("seq", Integer, nullable=False),
)

# Written before a batch goes to the model, marked after: what a crash leaves "sent" was asked for and not kept.
batches = Table(
    "batches",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("run", String, nullable=False),
    Column("contents", JSON, nullable=False),
    Column("state", String, nullable=False),  # sent, done
)

# What calls of paid services have cost: a row for all calls of one kind that are written down together.
charges = Table(
    "charges",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),  # seconds since 1970, UTC
    Column("run", String, nullable=False),  # of the journal; "" for queries
    Column("service", String, nullable=False),
    Column("operation", String, nullable=False),
    Column("model", String, nullable=False),
    Column("what", String, nullable=False),  # tokens, images, seconds of sound …, or what became of the calls
    Column("amount", Float, nullable=False),
    Column("dollars", Float, nullable=False),
    Column("calls", Integer, nullable=False),
    Index("charges_at", "at"),
    Index("charges_run", "run"),
)

facts = Table(
    "facts",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", JSON, nullable=False),
)

# What shoppers did (`snapshelf.catalogue.events`). One row each, whatever order they came in; those of products that
# are not here are kept and not counted.
events = Table(
    "events",
    metadata,
    Column("id", String, primary_key=True),
    Column("action", String, nullable=False),  # impression, click, cart, purchase
    Column("sku", String, nullable=False),
    Column("at", Float, nullable=False),  # seconds since 1970, UTC, by the event's own clock
    Column("query", String, nullable=False),  # the shop's id of the query; "" for none
    Column("text", String),  # the query's words, normalised; none until they are known
    Column("position", Integer),  # from 1
    Column("client", String, nullable=False),
    Column("session", String, nullable=False),
    Column("randomised", Integer, nullable=False),  # 1: its place on the page was drawn by lot
    Index("events_query", "query"),
    Index("events_sku", "sku"),
)

# Words of queries by the shop's id, for events that name only the id.
asked = Table(
    "asked",
    metadata,
    Column("query", String, primary_key=True),
    Column("text", String, nullable=False),
)

# Decayed counts per query text and product, as of ``at``; text "" sums over queries, SKU "" over products.
counters = Table(
    "counters",
    metadata,
    Column("text", String, primary_key=True),
    Column("sku", String, primary_key=True),
    Column("impression", Float, nullable=False),
    Column("click", Float, nullable=False),
    Column("cart", Float, nullable=False),
    Column("purchase", Float, nullable=False),
    Column("at", Float, nullable=False),
)

# SKUs that events name and the catalogue does not, with how many events wait for them.
strangers = Table(
    "strangers",
    metadata,
    Column("sku", String, primary_key=True),
    Column("events", Integer, nullable=False),
)

# Keys of the HTTP API (`snapshelf.catalogue.keys`); the secret itself is nowhere.
keys = Table(
    "keys",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("hash", String, nullable=False),  # SHA-256 of the secret
    Column("made", Float, nullable=False),
    Column("expires", Float),
    Column("revoked", Float),
    Column("used", Float),
)

# What shoppers agreed to before a photo, sound or video left the page; 1 in the columns of what they agreed to.
consents = Table(
    "consents",
    metadata,
    Column("id", String, primary_key=True),
    Column("at", Float, nullable=False),
    Column("photo", Integer, nullable=False),
    Column("sound", Integer, nullable=False),
    Column("video", Integer, nullable=False),
    Column("wording", String, nullable=False),  # version of the sentence that was shown
    Column("kept_seconds", Integer, nullable=False),
    Column("client", String, nullable=False),
    Column("withdrawn", Float),
    Index("consents_at", "at"),
    Index("consents_withdrawn", "withdrawn"),
)

# The query log. ``seen`` and ``clicked`` say whether `events` hold an impression or click of it, so that an overview
# reads this table alone; its index holds all that an overview asks for.
queries = Table(
    "queries",
    metadata,
    Column("id", String, primary_key=True),
    Column("at", Float, nullable=False),
    Column("hour", Integer, nullable=False),  # hours since 1970 in which it was asked
    Column("kind", String, nullable=False),
    Column("text", String, nullable=False),  # its words, normalised; "" for none
    Column("micros", Integer, nullable=False),  # millionths of a second until the answer was there
    Column("hits", Integer, nullable=False),
    Column("empty", Integer, nullable=False),  # 1: it was told that nothing fits
    Column("dollars", Float, nullable=False),
    Column("client", String, nullable=False),
    Column("seen", Integer, nullable=False),
    Column("clicked", Integer, nullable=False),
    Index("queries_hour", "hour", "kind", "at", "micros", "empty", "dollars", "seen", "clicked", "text"),
)

# Runs of indexing: under way, and how earlier ones ended.
jobs = Table(
    "jobs",
    metadata,
    Column("id", String, primary_key=True),
    Column("source", String, nullable=False),
    Column("began", Float, nullable=False),
    Column("beat", Float, nullable=False),  # when it last said that it is alive
    Column("ended", Float),
    Column("state", String, nullable=False),  # running, done, failed, interrupted
    Column("done", Integer, nullable=False),  # rows
    Column("total", Integer),
    Column("indexed", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("removed", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("refusals", JSON, nullable=False),  # the first refused rows, each with row, field, SKU and reason
    Index("jobs_began", "began"),
)
