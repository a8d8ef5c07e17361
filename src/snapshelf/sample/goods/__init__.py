"""What the shop sells: kinds with their words, and the grammar that makes products of them."""
