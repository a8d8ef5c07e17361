"""What shoppers do and what the shop wants, brought to bear on an order by relevance, within a bound.

`record` takes events; `signals` joins them with the catalogue; `order` puts candidates in their places; `own` knows
what a shelf has for that, `apply` does all of it for one query; `train` learns from clicks.
"""
