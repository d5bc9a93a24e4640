"""`make bench`: times, queries, weights and the livret, on a generated data set. Prints Markdown; asserts nothing."""
