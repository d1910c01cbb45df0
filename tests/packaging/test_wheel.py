"""What users install is the wheel, not the checkout."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from constructs_lib.catalogue.event_samples import sample_names

ROOT = Path(__file__).parents[2]
SYNTH = """
import json, pathlib, sys
import aws_cdk as cdk
import constructs_lib
from constructs_lib import IncidentSink, IncidentStarter
app = cdk.App(outdir=sys.argv[1], builtin_cloud_formation_validation=False)
stack = cdk.Stack(app, "Stack")
PLAN = "arn:aws:ssm-incidents::111122223333:response-plan/on-call"
IncidentStarter(stack, "Incidents", response_plan=PLAN)
IncidentStarter(stack, "Safe", response_plan=PLAN, fallback=IncidentSink.ops_item())
resources = app.synth().get_stack_by_name("Stack").template["Resources"]
keys = [r["Properties"]["Code"]["S3Key"] for r in resources.values() if r["Type"] == "AWS::Lambda::Function"]
print(json.dumps({"package": constructs_lib.__file__, "asset": keys}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    _run("-m", "hatchling", "build", "--directory", str(folder), cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_carries_the_lambda_inside_the_package_and_nothing_beside_it(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    carried = {Path(name).name for name in names if "/_bundle/lambda/incident_starter/" in name}
    assert carried == {path.name for path in (ROOT / "lambda/incident_starter").glob("*.py")}
    assert {name.split("/")[0].split("-")[0] for name in names} == {"constructs_lib", "cdk_incident_starter"}
    assert "constructs_lib/py.typed" in names
    assert f"constructs_lib/catalogue/samples/{sample_names()[0]}.json" in names
    assert not [name for name in names if name.endswith(".pyc")]


def test_the_source_distribution_carries_what_the_wheel_is_built_from(wheel: Path) -> None:
    (archive,) = wheel.parent.glob("*.tar.gz")

    listed = subprocess.run(["tar", "tzf", str(archive)], check=True, capture_output=True, text=True).stdout

    assert "/lambda/incident_starter/handler.py" in listed
    assert "/constructs_lib/py.typed" in listed


def test_an_app_over_the_installed_wheel_deploys_the_same_asset_as_the_checkout(
    wheel: Path, tmp_path: Path
) -> None:
    # GIVEN an environment with the wheel and its declared dependencies, as pip makes it
    environment = tmp_path / "environment"
    _run("-m", "uv", "venv", "--quiet", "--python", sys.executable, str(environment))
    python = environment / "bin" / "python"
    lock = str(ROOT / "requirements.lock")
    _run("-m", "uv", "pip", "install", "--quiet", "--python", str(python), "--constraint", lock, str(wheel))
    # WHEN the installed sources have been compiled, as pip compiles them
    (package,) = environment.glob("lib/*/site-packages/constructs_lib")
    subprocess.run([python, "-m", "compileall", "-q", package], check=True)
    installed = _synthesized(python, tmp_path / "installed")
    checkout = _synthesized(Path(sys.executable), tmp_path / "checkout")

    # THEN the functions' assets are the same, byte for byte: the plain one, and that of both of a fallback
    assert str(environment) in installed["package"]
    assert installed["asset"] == checkout["asset"]
    assert (len(checkout["asset"]), len(set(checkout["asset"]))) == (3, 2)


def _synthesized(python: Path, outdir: Path) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [python, "-c", SYNTH, str(outdir)],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
        cwd=outdir.parent,
    )
    answer: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _run(*arguments: str, cwd: Path | None = None) -> None:
    subprocess.run([sys.executable, *arguments], check=True, cwd=cwd, capture_output=True)
