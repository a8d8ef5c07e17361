"""How well the first hits fit when they are sorted by price, by how far behind the best hit they may be.

python benchmarks/sorting.py demo/shop demo/shelf            # `make demo` leaves both
"""

import argparse
from pathlib import Path
from statistics import mean

import snapshelf
from snapshelf.evaluate import read_qrels, read_queries
from snapshelf.search import answer
from snapshelf.search.cut import DROP

FIRST, ALL = 5, 100
SHARES = (1.0, 0.75, 0.5, 0.25)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shop", type=Path)
    parser.add_argument("shelf", type=Path)
    given = parser.parse_args()
    judged = read_qrels(given.shop / "qrels.csv")
    asked = [query for query in read_queries(given.shop / "queries.jsonl") if query.text and not query.image]
    print("| log-odds behind | first five that fit | of all that fit, shown | hits |\n| --- | --- | --- | --- |")
    with snapshelf.open(given.shelf) as shelf:
        for share in SHARES:
            answer.SORTED = share  # type: ignore[attr-defined]
            fit, kept, hits = [], [], []
            for query in asked:
                good = {sku for sku, grade in judged[query.id].items() if grade > 0}
                found = [hit.sku for hit in shelf.search(query.text, k=ALL, sort="price")]
                if found:
                    fit.append(len(good.intersection(found[:FIRST])) / min(FIRST, len(found)))
                kept.append(len(good.intersection(found)) / len(good))
                hits.append(len(found))
            print(f"| {share * DROP['text']:.1f} | {mean(fit):.3f} | {mean(kept):.3f} | {mean(hits):.1f} |", flush=True)


if __name__ == "__main__":
    main()
