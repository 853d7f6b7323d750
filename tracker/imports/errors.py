"""What can be wrong with a file. Messages say what to do, and hold no value of the file."""


class UnreadableFileError(Exception):
    """The file as a whole cannot be read; the message is a sentence or two."""


class BadValueError(Exception):
    """One cell is not what its column holds; the message is a sentence without the value."""
