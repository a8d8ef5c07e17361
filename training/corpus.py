"""The texts from which the text tower learns: product texts, categories, picture captions, and made-up ones (asked.py).

No judged query and no grade of the Icecat bundle is read here, and no WANDS query that equals a judged one could leak
a grade: the targets are a sentence model's vectors, not judgements.
"""

from __future__ import annotations

from pathlib import Path

from training import asked, teacher
from training.places import Places
from training.tables import csv_rows, parquet_rows

LONG = 220  # characters of a title and description that are worth reading
COLOURS = (
    "red green blue yellow black white grey gray orange purple pink brown beige navy turquoise gold silver "
    "light blue,dark blue,dark green,light grey,multicolour,striped,dotted,plain,cream,olive,burgundy,teal"
)


def texts(places: Places) -> list[str]:
    """Every training text once, sorted, so that the same data give the same list."""
    products = _products(places.data)
    titles = [title for title, _ in products]
    found = set(titles) | {f"{title}. {rest}"[:LONG] for title, rest in products if rest}
    found |= set(_categories(places.data)) | set(_captions(places.data))
    found |= set(asked.shop()) | set(asked.attributes(places.data)) | set(teacher.words())
    some = sorted(set(titles))
    found |= set(asked.queries(some, 50_000)) | set(asked.near_misses(some, 9_000))
    return sorted(text for text in (" ".join(text.split()) for text in found) if text)


def _products(data: Path) -> list[tuple[str, str]]:
    """(title, description) of every product whose text we have; the grocery texts too, since a shop has its own."""
    pairs = [(row["title"], row["short_description"] or "") for row in parquet_rows(data / "icecat/products.parquet")]
    pairs += [(row["name"], row["description"] or "") for row in parquet_rows(data / "bestbuy/products.parquet")]
    pairs += [(row["name"], row["description"] or "") for row in parquet_rows(data / "aws_retail/products.parquet")]
    pairs += [(row["name"], row["description"] or "") for row in parquet_rows(data / "magento/products.parquet")]
    pairs += [(f"{row['brand']} {row['name']}", row["description"]) for row in csv_rows(data / "eshop/products.csv")]
    pairs += [(row["name"], row["description"]) for row in csv_rows(data / "grocery/products.csv")]
    pairs += [(row["shop_title"], row["country_and_volume"]) for row in csv_rows(data / "grocery/products.csv")]
    return pairs


def _categories(data: Path) -> list[str]:
    tree = [[part for part in row["path"] if part] for row in parquet_rows(data / "bestbuy/categories.parquet")]
    found = [part for path in tree for part in path] + [" > ".join(path[-2:]) for path in tree]
    found += [row["query"] for row in csv_rows(data / "wands/queries.csv")]
    found += [row["query_class"] for row in csv_rows(data / "wands/queries.csv")]
    for row in parquet_rows(data / "magento/products.parquet"):
        found += [part.replace("/", " ") for part in row["categories"]]
    return found


def _captions(data: Path) -> list[str]:
    """Sentences such as the image tower is taught with, and colours before common nouns."""
    colours = [*COLOURS.split(",")[0].split()[:-2], "light blue", *COLOURS.split(",")[1:]]
    nouns = {row["label"].lower() for row in csv_rows(data / "clothing/manifest.csv") if row["usable_label"] == "True"}
    grocery = csv_rows(data / "grocery/products.csv")
    nouns |= {row["coarse_name"].lower() for row in grocery}
    nouns |= {"t-shirt", "trousers", "jacket", "trainers", "boots", "mug", "bottle", "backpack", "bag", "lamp", "cap"}
    nouns |= {"chair", "sofa", "table", "pillow", "watch", "phone case", "headphones", "hoodie", "socks", "scarf"}
    found = [f"{colour} {noun}" for colour in colours for noun in sorted(nouns)]
    found += [f"{colour}" for colour in colours] + sorted(nouns) + [f"a photo of a {noun}" for noun in sorted(nouns)]
    for row in grocery:
        found += [f"{row['name']}, {row['coarse_name']}", f"a photo of {row['coarse_name']}, {row['department']}"]
    return found
