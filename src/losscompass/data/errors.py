"""What is wrong with a data set before anything can be said about it."""


class DataError(ValueError):
    """The data cannot be audited. `key`: id of the text catalogue (`error.data.<key>`), with the values that it names."""

    def __init__(self, key: str, **values: str | int) -> None:
        super().__init__(f"{key}: {', '.join(f'{name}={value}' for name, value in values.items())}")
        self.key = key
        self.values = values
