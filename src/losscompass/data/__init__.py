"""From a data set to records: the audit. The only room that imports polars and scikit-learn, and only when it is used.

`audit.audit(train, validation, …)` yields records like any reader; the keys of its events are listed in docs/events.md.
"""
