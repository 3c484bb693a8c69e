"""Great Expectations on bounded batches, run as blocking asset checks."""
