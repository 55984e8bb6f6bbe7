"""CSV or Parquet files in a folder, each with a manifest."""
