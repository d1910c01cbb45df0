"""The source that a starter's function runs, as an asset."""

import io
import shutil
import zipfile
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from constructs_lib import Ledger
from constructs_lib._bundle import LAMBDA_ROOT
from tests.constructs.apps import new_stack, new_starter, only, template_of


def test_the_asset_is_the_same_with_and_without_what_python_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = LAMBDA_ROOT / "incident_starter"
    clean = shutil.copytree(
        source, tmp_path / "clean/incident_starter", ignore=shutil.ignore_patterns("*.pyc", "__pycache__")
    )
    littered = shutil.copytree(clean, tmp_path / "littered/incident_starter")
    for place in (littered, littered.parent):
        (place / "__pycache__").mkdir()
        (place / "__pycache__/handler.cpython-314.pyc").write_bytes(b"\0")
        (place / "handler.pyc").write_bytes(b"\0")
    keys = []
    for root in (LAMBDA_ROOT, clean.parent, littered.parent):
        monkeypatch.setattr("constructs_lib._starter_code.LAMBDA_ROOT", root)
        stack = new_stack()
        new_starter(stack)
        keys.append(only(template_of(stack), "AWS::Lambda::Function")["Code"]["S3Key"])
    assert len(set(keys)) == 1


def test_the_asset_holds_the_source_and_nothing_else() -> None:
    asset = asset_of({})
    names = {path.relative_to(asset).as_posix() for path in asset.rglob("*") if path.is_file()}
    assert "incident_starter/handler.py" in names
    assert {Path(name).parent.as_posix() for name in names} == {"incident_starter"}
    assert {Path(name).suffix for name in names} == {".py"}


def test_the_files_of_an_option_are_in_the_asset_of_a_starter_with_it_only() -> None:
    plain, wide = (
        {path.name for path in asset.rglob("*.py")}
        for asset in map(asset_of, ({}, {"regions": ["us-east-1"]}))
    )
    assert wide - plain == {"failover.py"}
    assert plain < wide


def test_the_asset_of_a_starter_without_options_stays_small() -> None:
    asset, buffer = asset_of({"ledger": Ledger.off()}), io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(asset.rglob("*.py")):
            archive.write(path, path.relative_to(asset))
    assert buffer.getbuffer().nbytes <= 20_480


def asset_of(options: dict[str, Any]) -> Path:
    stack = new_stack()
    new_starter(stack, **options)
    app = stack.node.root
    assert isinstance(app, cdk.App)
    [asset] = [path for path in Path(app.synth().directory).iterdir() if path.name.startswith("asset.")]
    return asset
