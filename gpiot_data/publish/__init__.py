"""What ships with a dataset beside its rows: the card and the derived parquet files."""
