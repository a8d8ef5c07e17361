"""What is done with a shopper's photo before it is searched with: cut it, propose cuts, say what is wrong with it."""

from snapshelf.photo.crop import Box, cut_out, read_box
from snapshelf.photo.quality import Check, advice, checks
from snapshelf.photo.salient import Proposal, proposals
from snapshelf.photo.small import shrunk

__all__ = ["Box", "Check", "Proposal", "advice", "checks", "cut_out", "proposals", "read_box", "shrunk"]
