"""Shows what the dataset says of a report beside the report itself: pages for people, and one finding on the terminal."""
