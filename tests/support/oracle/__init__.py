"""A second evaluator of the rules, slow and obvious, for tests only.

It is written from the clauses, the design and the docstrings of the kinds, not from their code: plain Python, one record and one day at a
time. It reads the same YAML entries of the rules, but has its own reading of cells, its own three-valued logic and a calendar that counts
day by day. What it shares with the product is the schema: which tables there are, and the kinds and vocabularies of their fields.
"""
