"""One local AWS for the session, and deployments that many tests share."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.assemblies import Change, add_variant, new_app
from tests.end_to_end.neighbours import add_shop
from tests.end_to_end.scene import Scene
from tests.end_to_end.till import Till

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from constructs_lib.local import LocalAws


@pytest.fixture(scope="session")
def shop_assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("shop")
    app = new_app(directory)
    add_shop(app)
    app.synth()
    return directory


@pytest.fixture(scope="session")
def till_assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("till")
    app = new_app(directory)
    Till(app, "Till")
    app.synth()
    return directory


@pytest.fixture
def shop(local_aws_session: LocalAws, shop_assembly: Path) -> Scene:
    """The shop, deployed."""
    return deployed(local_aws_session, shop_assembly, "Guest")


@pytest.fixture
def till(local_aws_session: LocalAws, till_assembly: Path) -> Scene:
    """The till, deployed."""
    return deployed(local_aws_session, till_assembly, "Till")


def deployed(aws: LocalAws, assembly: Path, last_stack: str) -> Scene:
    """Deploy an assembly unless it is there: tests elsewhere reset the local AWS that all of them share."""
    cloudformation = aws.client("cloudformation")
    names = [stack["StackName"] for stack in cloudformation.describe_stacks()["Stacks"]]
    if last_stack not in names:
        aws.deploy(assembly)
    return Scene(aws)


@pytest.fixture
def changed_till(
    local_aws_session: LocalAws, till_assembly: Path, tmp_path: Path
) -> Iterator[Callable[[Change], Scene]]:
    """Deploy the till as `Changed`, with something changed in its template; it is gone after the test."""
    assembly = tmp_path / "till"
    shutil.copytree(till_assembly, assembly)

    def deploy(change: Change) -> Scene:
        add_variant(assembly, "Till", "Changed", change)
        local_aws_session.deploy(assembly, stacks=["Changed"])
        return Scene(local_aws_session)

    yield deploy
    local_aws_session.wait_idle()
    cloudformation = local_aws_session.client("cloudformation")
    cloudformation.delete_stack(StackName="Changed")
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName="Changed", WaiterConfig={"Delay": 0.02, "MaxAttempts": 500}
    )
