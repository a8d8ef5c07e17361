"""Speech recognisers, one file or folder each: sound → words."""
