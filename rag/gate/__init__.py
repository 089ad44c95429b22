"""The gate: each sentence of an answer is checked against its cited words, without a model; and where documents differ."""
