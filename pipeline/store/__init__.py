"""What documents yielded becomes the dataset: inventory, worker processes, Parquet shards, DuckDB file, publication."""
