"""The one error of the operations, and what AWS says as a sentence."""

from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError

AwsError = BotoCoreError | ClientError

_USELESS = ("AccessDenied", "AuthFailure", "Expired", "InvalidClientTokenId", "MissingAuthentication")
_USELESS_TOO = ("ResourceNotFound", "SignatureDoesNotMatch", "UnrecognizedClient")


class OperationError(Exception):
    """Nothing could be done, or no more; the message is a sentence for the operator."""


def sentence(error: AwsError) -> str:
    """Say what AWS answered, on one line.

    Args:
        error: of a call.
    """
    if isinstance(error, ClientError):
        said = error.response.get("Error", {})
        text = f"{error.operation_name}: {said.get('Code', 'Unknown')}: {said.get('Message', '')}"
    else:
        text = str(error)
    return " ".join(text.split()).rstrip(": ")


def is_useless(error: AwsError) -> bool:
    """Tell whether every further call would fail alike: no rights, no credentials, nobody there.

    Args:
        error: of a call.
    """
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "")).startswith(_USELESS + _USELESS_TOO)
    return not isinstance(error, ReadTimeoutError)
