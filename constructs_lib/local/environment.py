"""What the local AWS, its functions and its child processes see of the caller's environment.

Nothing that could send a call to a real account, or through a proxy, may be
inherited. The caller's environment comes back untouched on exit.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DROPPED_PREFIXES = (
    "AWS_",
    "CDK_",
    "BOTO_",
    "LAMBDA_",
    "_LAMBDA",
    "LOCALSTACK_",
    "MINISTACK_",
)
_DROPPED_NAMES = frozenset(
    {
        "ALL_PROXY",
        "AUTH",
        "BIND_HOST",
        "DOCKER_HOST",
        "DOCKER_NETWORK",
        "EDGE_PORT",
        "FTP_PROXY",
        "GATEWAY_PORT",
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "NO_PROXY",
        "PERSIST_STATE",
        "S3_PERSIST",
        "SERVICES",
        "STATE_DIR",
        "USE_SSL",
        "_X_AMZN_TRACE_ID",
    },
)
_KEPT_NAMES = frozenset({"CDK_DEBUG", "CDK_OUTDIR", "CDK_VALIDATION"})
_FUNCTION_INHERITS = frozenset(
    {
        "COMSPEC",
        "LANG",
        "LC_ALL",
        "LD_LIBRARY_PATH",
        "PATH",
        "PATHEXT",
        "SYSTEMROOT",
        "TEMP",
        "TMP",
        "TMPDIR",
        "WINDIR",
    },
)


def is_dropped(name: str) -> bool:
    """Whether a variable of the caller is kept out of the local AWS."""
    upper = name.upper()
    return upper not in _KEPT_NAMES and (upper in _DROPPED_NAMES or upper.startswith(_DROPPED_PREFIXES))


def local_environment(*, endpoint_url: str, region: str, account_id: str, home: str) -> dict[str, str]:
    """Return the variables that lead every AWS client to the local endpoint.

    Args:
        endpoint_url: Where the local AWS listens.
        region: The Region of clients that name none.
        account_id: The account; as an access key it selects the account.
        home: A directory that holds no AWS configuration, for those who look for one.
    """
    return {
        "AWS_ACCESS_KEY_ID": account_id,
        "AWS_CONFIG_FILE": str(Path(home, "no-aws-config")),
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_REGION": region,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_SHARED_CREDENTIALS_FILE": str(Path(home, "no-aws-credentials")),
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def emulator_environment(*, endpoint_url: str, region: str, account_id: str, home: str) -> dict[str, str]:
    """Return the settings that the emulator reads from the environment of this process."""
    return {
        "BIND_HOST": "127.0.0.1",
        "DOCKER_HOST": f"unix://{home}/no-docker",
        "GATEWAY_PORT": endpoint_url.rsplit(":", 1)[1],
        "LAMBDA_EXECUTOR": "local",
        "MINISTACK_ACCOUNT_ID": account_id,
        "MINISTACK_REGION": region,
    }


def cdk_environment(home: str, *, region: str, account_id: str) -> dict[str, str]:
    """Return what the CDK CLI and the user's app need besides the local environment."""
    return {
        "CDK_DEFAULT_ACCOUNT": account_id,
        "CDK_DEFAULT_REGION": region,
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_DISABLE_VERSION_CHECK": "true",
        "CDK_HOME": str(Path(home, "cdk")),
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
        "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
    }


def child_environment(*, endpoint_url: str, region: str, account_id: str, home: str) -> dict[str, str]:
    """Return the environment of a child process: nothing of the emulator's settings, all that leads to it."""
    where = {"endpoint_url": endpoint_url, "region": region, "account_id": account_id, "home": home}
    settings = emulator_environment(**where)
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in settings and not name.startswith("MINISTACK_")
    }
    cdk = cdk_environment(home, region=region, account_id=account_id)
    return inherited | local_environment(**where) | cdk


def function_environment(spawned_with: Mapping[str, str]) -> dict[str, str]:
    """Return a function's environment: its own and the platform's variables, not the caller's.

    Args:
        spawned_with: The caller's environment with the function's variables over it.
    """
    return {
        name: value
        for name, value in spawned_with.items()
        if name in _FUNCTION_INHERITS or name.startswith("AWS_") or os.environ.get(name) != value
    } | {"TZ": ":UTC"}


@contextmanager
def replaced_environment(local: Mapping[str, str]) -> Iterator[None]:
    """Drop and set variables of this process, and put everything back on exit."""
    before = dict(os.environ)
    for name in [name for name in os.environ if is_dropped(name)]:
        del os.environ[name]
    os.environ.update(local)
    try:
        yield
    finally:
        changed_meanwhile = {
            name: value
            for name, value in os.environ.items()
            if not is_dropped(name) and name not in local and before.get(name) != value
        }
        removed_meanwhile = [
            name for name in before if not is_dropped(name) and name not in local and name not in os.environ
        ]
        os.environ.clear()
        os.environ.update(before)
        os.environ.update(changed_meanwhile)
        for name in removed_meanwhile:
            os.environ.pop(name, None)
