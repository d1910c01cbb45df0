"""Nothing of the caller leaks in, nothing of the local AWS stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from constructs_lib.local import LocalAws, LocalAwsError, hooks
from constructs_lib.local.environment import local_environment, replaced_environment

if TYPE_CHECKING:
    from tests.local.conftest import Deploy

ROOT = Path(__file__).parents[2]
LOCAL = local_environment(
    endpoint_url="http://127.0.0.1:1", region="eu-west-1", account_id="111111111111", home="/h"
)


def test_every_private_name_of_the_emulator_is_still_there() -> None:
    assert hooks.missing_names() == []


def test_a_private_name_that_went_away_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "PRIVATE_NAMES", {"services.sns": ("_fanout", "_gone")})
    assert hooks.missing_names() == ["ministack.services.sns._gone"]


def test_another_version_of_the_emulator_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "PINNED_VERSION", "0.0.1")
    with pytest.raises(
        LocalAwsError, match=r"written for ministack 0\.0\.1, but .* is installed: pip install"
    ):
        hooks.require_extra()


def test_a_missing_extra_is_a_sentence() -> None:
    code = """
        import importlib.metadata as metadata
        def missing(name): raise metadata.PackageNotFoundError(name)
        metadata.version = missing
        from constructs_lib.local import LocalAws
        LocalAws().__enter__()
    """
    ended = run_python(code, check=False)
    assert "the local AWS needs the extra 'local': pip install 'cdk-incident-starter[local]'" in ended.stderr


def test_importing_the_local_aws_and_its_plugin_is_cheap() -> None:
    code = """
        import sys
        import constructs_lib.local.pytest_plugin
        import constructs_lib.local.records
        assert "ministack" not in sys.modules and "hypercorn" not in sys.modules
        assert "jsii" not in sys.modules and "aws_cdk" not in sys.modules
    """
    run_python(code)
    code = """
        import sys
        import pytest
        import constructs_lib.local.pytest_plugin
        print("boto3" in sys.modules)
    """
    assert run_python(code).stdout.strip() == "False"


def test_two_at_once_are_refused(running_aws: LocalAws) -> None:
    with pytest.raises(LocalAwsError, match="a local AWS is running in this process already"), LocalAws():
        pass


def test_the_callers_aws_settings_and_proxies_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "AWS_PROFILE",
        "AWS_SESSION_TOKEN",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "AWS_ENDPOINT_URL_SQS",
    ):
        monkeypatch.setenv(name, "callers")
    for name in ("https_proxy", "HTTP_PROXY", "all_proxy", "CDK_DEFAULT_ACCOUNT", "AUTH", "CDK_ROLE_ARN"):
        monkeypatch.setenv(name, "callers")
    monkeypatch.setenv("CDK_VALIDATION", "false")
    with replaced_environment(LOCAL):
        assert "callers" not in os.environ.values()
        assert os.environ["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
        assert os.environ["CDK_VALIDATION"] == "false"


def test_the_callers_environment_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "callers")
    monkeypatch.setenv("REMOVED", "meanwhile")
    before = dict(os.environ)
    with replaced_environment(LOCAL):
        os.environ["SET_MEANWHILE"] = "kept"
        del os.environ["REMOVED"]
    after = dict(os.environ)
    os.environ.pop("SET_MEANWHILE")
    assert after == {**{k: v for k, v in before.items() if k != "REMOVED"}, "SET_MEANWHILE": "kept"}


def test_child_processes_get_ours_only(running_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = running_aws.environ()
    assert environment["AWS_ENDPOINT_URL"] == running_aws.endpoint_url
    assert environment["CDK_HOME"].startswith(environment["AWS_CONFIG_FILE"].rpartition("/")[0])
    assert not any(name.startswith("MINISTACK") for name in environment)
    assert not Path(environment["AWS_CONFIG_FILE"]).exists()


def test_it_listens_on_loopback_only(running_aws: LocalAws) -> None:
    port = int(running_aws.endpoint_url.rpartition(":")[2])
    listening = [line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines() if " 0A " in line]
    assert [address for address in listening if address.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]


BUSY = """
    import os, sys, tempfile, time
    sys.path.insert(0, os.getcwd())
    from pathlib import Path
    from constructs_lib.local import LocalAws
    from tests.local.conftest import deploy_assembly_of
    from tests.local.templates import template
    before = dict(os.environ)
    try:
        with tempfile.TemporaryDirectory() as directory, LocalAws() as aws:
            deploy_assembly_of(aws, Path(directory), {"Shop": template()})
            aws.invoke("starter", {})
            print(len(aws.incidents), flush=True)
            ENDING
    finally:
        assert dict(os.environ) == before, "the environment was not restored"
    with LocalAws() as again:
        assert again.incidents == []
        print("again", flush=True)
"""


def run_python(code: str, *, check: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=check,
        timeout=60,
    )


def processes_that_mention(text: str) -> list[str]:
    """Return the command lines of all processes whose environment or command has a text."""
    return [each for each in map(_described, Path("/proc").glob("[0-9]*")) if text in each]


def _described(process: Path) -> str:
    try:
        return (process / "cmdline").read_text("latin-1") + (process / "environ").read_text("latin-1")
    except OSError:
        return ""


def test_a_second_one_starts_after_the_first(tmp_path: Path) -> None:
    ended = run_python(BUSY.replace("ENDING", "pass"), TMPDIR=str(tmp_path))
    assert ended.stdout.split() == ["1", "again"]
    assert list(tmp_path.iterdir()) == []
    assert processes_that_mention(str(tmp_path)) == []


def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    code = textwrap.dedent(BUSY.replace("ENDING", "time.sleep(60)"))
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "1\n"
    started = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert "KeyboardInterrupt" in errors
    assert "not restored" not in errors
    assert process.returncode != 0
    assert time.monotonic() - started < 5
    assert list(tmp_path.iterdir()) == []
    assert processes_that_mention(str(tmp_path)) == []


def test_reset_forgets_everything(aws: LocalAws, deploy: Deploy) -> None:
    deploy(retries=2)
    aws.fail_next("ThrottlingException", times=9)
    aws.client("lambda").invoke(FunctionName="starter", InvocationType="Event", Payload=b'{"fail": true}')
    aws.reset()
    aws.wait_idle()
    assert (aws.incidents, aws.invocations, aws.failed_deliveries, aws.denied_calls) == ([], [], [], [])
    assert aws.client("cloudformation").describe_stacks()["Stacks"] == []
    plan = aws.add_response_plan("checkout")
    aws.client("ssm-incidents").start_incident(responsePlanArn=plan)
    deploy()
    aws.invoke("starter", {})
