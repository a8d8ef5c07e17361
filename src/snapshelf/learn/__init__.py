"""Learn from examples how this shop's queries are best answered, and deploy only what is proven to be better."""

from snapshelf.learn.clicks import of_events
from snapshelf.learn.fusion import Outcome, train
from snapshelf.learn.triplets import Triplet, of_clicks, read_triplets

__all__ = ["Outcome", "Triplet", "of_clicks", "of_events", "read_triplets", "train"]
