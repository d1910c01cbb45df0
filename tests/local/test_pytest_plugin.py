"""The fixture that users' own tests ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

pytest_plugins = ["pytester"]

if TYPE_CHECKING:
    import pytest


USERS_TESTS = """
import os
import pytest
from constructs_lib.local import LocalAws

def test_one(local_aws: LocalAws) -> None:
    plan = local_aws.add_response_plan("checkout")
    local_aws.client("ssm-incidents").start_incident(responsePlanArn=plan)
    assert len(local_aws.incidents) == 1
    assert os.environ["AWS_ENDPOINT_URL"] == local_aws.endpoint_url

def test_each_test_starts_without_state(local_aws: LocalAws) -> None:
    assert local_aws.incidents == []
"""


def test_a_users_test_gets_a_local_aws_without_state(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(USERS_TESTS)
    result = pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=2)


def test_without_the_extra_the_fixture_says_what_to_install(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import constructs_lib.local.hooks as hooks
        hooks.PINNED_VERSION = "0.0.1"
        """
    )
    pytester.makepyfile(USERS_TESTS)
    result = pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(
        ["*the local AWS is written for ministack 0.0.1*pip install ministack==0.0.1*"]
    )
