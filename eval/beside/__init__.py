"""The systems that Citewell is measured beside: an adapter and a list of packages each, run by `serve` in an environment of its own."""
