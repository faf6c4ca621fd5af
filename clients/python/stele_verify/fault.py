"""How a reader says no: by one of two exceptions, each with words for people.

Nothing else is raised for bytes from outside, whatever they are.
"""


class FormError(Exception):
    """The text breaks a rule of form: nothing in it is judged any further."""


class CheckFailed(Exception):
    """What was read does not hold."""

    def __init__(self, words: str, code: int = 0):
        super().__init__(words)
        self.code = code  # 0: the code of the finding that is being judged
