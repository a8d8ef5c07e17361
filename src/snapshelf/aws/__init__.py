"""What both AWS adapters share: clients, calls that are counted and repeated, errors as sentences, and the cost."""
