"""The pytest fixture ``local_aws``; loaded by every pytest run, so it imports nothing until it is used."""

from __future__ import annotations

from collections.abc import Iterator  # noqa: TC003 - pytest reads annotations of fixtures
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from constructs_lib.local import LocalAws


@pytest.fixture(scope="session")
def local_aws_session() -> Iterator[LocalAws]:
    """Return the local AWS that all tests of the session share; ask for `local_aws` instead."""
    from constructs_lib.local import LocalAws, LocalAwsError  # noqa: PLC0415 - a cheap plugin

    with ExitStack() as stack:
        try:
            running = stack.enter_context(LocalAws())
        except LocalAwsError as error:
            pytest.fail(str(error), pytrace=False)
        yield running


@pytest.fixture
def local_aws(local_aws_session: LocalAws) -> LocalAws:
    """Return a local AWS without any state, to deploy to, provoke and look at."""
    local_aws_session.reset()
    return local_aws_session
