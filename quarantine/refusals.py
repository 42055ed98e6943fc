"""What an action says when it cannot be done."""


class Refused(Exception):
    """Nothing was changed; `str()` is a sentence in the reader's language: what is wrong, what to do."""
