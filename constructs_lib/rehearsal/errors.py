"""The one error of the rehearsal."""


class RehearsalError(Exception):
    """The rehearsal could not take place; the message is meant for the user.

    Attributes:
        details: the last lines of the CDK CLI, if it said why.
    """

    def __init__(self, message: str, details: str = "") -> None:
        """Remember the message and the lines."""
        super().__init__(message)
        self.details = details
