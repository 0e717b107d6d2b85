"""What differs between a release and the one before, by key, with the reason of each change."""
