"""A corpus of any size with its truth: organs by the thousand, their reports over years, in the formats real corpora have."""
