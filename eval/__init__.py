"""The evaluation suite: gold sets, measures, reports."""
