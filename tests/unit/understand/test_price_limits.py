"""Real product names: a price limit behind one is exactly that, and none is a limit by itself."""

import random

import pytest

from snapshelf.facts import facts_of
from snapshelf.filters import matches
from snapshelf.types import Compare, Product
from snapshelf.understand import Vocabulary, understand

FORMS = (
    ("{} under ${:,.0f}", "<"),
    ("{} below {:.0f} dollars", "<"),
    ("{} up to ${:.2f}", "<="),
    ("{}, less than {:.0f} USD", "<"),
    ("{} over ${:.0f}", ">"),
    ("cheap {} for no more than ${:,.2f}", "<="),
)
EXACT = 0.99  # share of the queries


def best_buy(folder):
    import duckdb

    rows = duckdb.sql(f"SELECT sku, name, brand, categories, price FROM '{folder}/bestbuy/products.parquet'").fetchall()
    return [
        Product(sku, name, brand=brand or "", category=" > ".join(path), price=price, currency="USD")
        for sku, name, brand, path, price in rows
    ]


def aws_retail(folder):
    import duckdb

    rows = duckdb.sql(f"SELECT id, name, category, price, style FROM '{folder}/aws_retail/products.parquet'").fetchall()
    return [
        Product(id, name, category=category, price=price, currency="USD", attributes={"style": style})
        for id, name, category, price, style in rows
    ]


@pytest.mark.parametrize("source", [best_buy, aws_retail])
def test_a_limit_behind_a_product_name_is_exactly_that(shared, source):
    products = source(shared)
    vocabulary = Vocabulary.of(facts_of(products))
    chance = random.Random(5)
    wrong = []
    chosen = chance.sample(products, 1_000)
    for number, product in enumerate(chosen):
        form, op = FORMS[number % len(FORMS)]
        limit = float(f"{product.price * chance.uniform(0.5, 1.5) + 1:.2f}")
        query = form.format(product.title, limit)
        limit = limit if ".2f" in form else round(limit)
        answer = understand(query, vocabulary)
        hard = [one.where for one in answer.constraints if one.kind == "price" and one.hard]
        if hard != [Compare("price", op, limit)] or answer.faults:
            wrong.append((query, hard, answer.faults))
    print(f"{source.__name__}: {1 - len(wrong) / len(chosen):.4f} exact; wrong: {wrong[:10]}")
    assert len(wrong) <= (1 - EXACT) * len(chosen), wrong[:10]


@pytest.mark.parametrize("source", [best_buy, aws_retail])
def test_the_name_of_a_product_never_excludes_it(shared, source):
    products = source(shared)
    vocabulary = Vocabulary.of(facts_of(products))
    for product in products[::3]:
        answer = understand(product.title, vocabulary)
        assert answer.where is None or matches(answer.where, product.filterable()), answer
        assert (answer.faults, answer.corrections) == ((), ())
