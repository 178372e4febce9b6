"""What is stale, executed and put into reports."""
