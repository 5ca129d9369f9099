"""The three engines that bring records to the evaluator: Polars, DuckDB and Spark."""
