"""Cloud assemblies and single templates, as `App`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from constructs_lib._bundle import texts

from .construct_errors import errors_of_constructs
from .physical import Place
from .placeholders import Placeholder
from .templates import App, Asset, Template

if TYPE_CHECKING:
    from pathlib import Path

_NESTED_STACK = "AWS::CloudFormation::Stack"
_YAML = (".yaml", ".yml")
_ACCOUNT, _REGION = "123456789012", "us-east-1"


class UnreadableError(Exception):
    """There is nothing to read; the sentence says what was looked for."""


class _Default(NamedTuple):
    """Where stacks go that do not say it."""

    account: str
    region: str

    def place(self, account: str, region: str) -> Place:
        """Give the place of a stack, whose account and Region may be unknown."""
        region = self.region if region in ("", "unknown-region") else region
        account = self.account if account in ("", "unknown-account") else account
        return Place(
            account or Placeholder(_ACCOUNT, "the account"),
            region or Placeholder(_REGION, "the Region"),
            "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws",
        )


def read_app(path: Path, *, account: str = "", region: str = "") -> App:
    """Read an app.

    Args:
        path: the directory of a cloud assembly, or a template in JSON or YAML.
        account: the account of stacks that name none. Default: a placeholder.
        region: the Region of stacks that name none. Default: a placeholder.

    Raises:
        UnreadableError: there is neither. What of an assembly cannot be read is a problem of the app.
    """
    app, default = App(), _Default(account, region)
    if (path / "manifest.json").is_file():
        _read_assembly(app, path, default)
    elif path.is_file():
        body = _yaml(path) if path.suffix in _YAML else _json(path)
        if not isinstance(body, dict) or not isinstance(body.get("Resources"), dict):
            message = f"{path} is no template: it has no Resources"
            raise UnreadableError(message)
        app.templates.append(Template(app, body, path.name.partition(".")[0], default.place("", ""), {}))
    else:
        message = f"{path} is neither a template nor a cloud assembly: it has no manifest.json"
        raise UnreadableError(message)
    return app


def _read_assembly(app: App, directory: Path, default: _Default, around: tuple[Path, ...] = ()) -> None:
    manifest = directory / "manifest.json"
    artifacts = texts.mapping(_json(manifest)).get("artifacts")
    if not isinstance(artifacts, dict):
        message = f"{manifest} has no artifacts: it is no cloud assembly"
        raise UnreadableError(message)
    if directory.resolve() in around:
        message = f"{manifest} stands within itself"
        raise UnreadableError(message)
    for artifact_id, artifact in artifacts.items():
        properties = texts.mapping(texts.mapping(artifact).get("properties"))
        kind = texts.mapping(artifact).get("type")
        if kind == "cdk:cloud-assembly":
            inner = directory / str(properties.get("directoryName"))
            _nested_assembly(app, inner, default, (*around, directory.resolve()))
        elif kind == "aws:cloudformation:stack":
            account, _, region = texts.text(artifact.get("environment")).removeprefix("aws://").partition("/")
            name = texts.text(properties.get("stackName")) or artifact_id
            app.problems += errors_of_constructs(artifact, directory)
            file = directory / str(properties.get("templateFile"))
            given = texts.mapping(properties.get("parameters"))
            template = _template(app, file, name, default.place(account, region), given)
            if template is not None:
                display_name = texts.text(artifact.get("displayName"))
                template.names = tuple(dict.fromkeys((name, artifact_id, display_name or name)))
                _read_nested(app, template, directory, artifact_id)
        elif kind is None:
            app.problems.append(f"{manifest}: artifact {artifact_id} is left out: it has no type")


def _nested_assembly(app: App, directory: Path, default: _Default, around: tuple[Path, ...]) -> None:
    try:
        _read_assembly(app, directory, default, around)
    except UnreadableError as error:
        app.problems.append(str(error))


def _template(app: App, file: Path, stack: str, place: Place, given: dict[str, object]) -> Template | None:
    try:
        body = _json(file)
    except UnreadableError as error:
        app.problems.append(f"stack {stack} is left out: {error}")
        return None
    if not isinstance(body, dict):
        app.problems.append(f"stack {stack} is left out: {file} is no template")
        return None
    template = Template(app, body, stack, place, given)
    template.file = file
    app.templates.append(template)
    return template


def _read_nested(app: App, parent: Template, directory: Path, artifact_id: str) -> None:
    """Read the nested stacks of a template, whose files are assets with the name that their URL ends with."""
    files = _assets(app, directory / f"{artifact_id}.assets.json")
    for resource in [each for each in parent.resources() if each.type == _NESTED_STACK]:
        key = str(resource.get("TemplateURL")).rpartition("/")[2].partition(".")[0]
        found = texts.mapping(texts.mapping(files.get(key)).get("source")).get("path")
        source = texts.text(found) or texts.text(resource.metadata.get("aws:asset:path"))
        if not source:
            app.problems.append(
                f"nested stack {resource.path} is left out: its template is not in the assembly"
            )
            continue
        name = f"{parent.stack}-{resource.logical_id}"
        nested = _template(app, directory / source, name, parent.place, {})
        if nested is not None:
            nested.parent, nested.id_in_parent = parent, resource.logical_id
            parent.nested[resource.logical_id] = nested
            if not nested.is_within_itself():
                _read_nested(app, nested, directory, artifact_id)


def _assets(app: App, file: Path) -> dict[str, Any]:
    """Read the files of a stack's assets, and remember where each is uploaded to."""
    if not file.is_file():
        return {}
    try:
        files = texts.mapping(texts.mapping(_json(file)).get("files"))
    except UnreadableError as error:
        app.problems.append(str(error))
        return {}
    for each in files.values():
        source = texts.mapping(texts.mapping(each).get("source"))
        asset = Asset(file.parent / str(source.get("path")), source.get("packaging") == "zip")
        for destination in texts.mapping(texts.mapping(each).get("destinations")).values():
            app.assets[str(texts.mapping(destination).get("objectKey"))] = asset
    return files


def _json(file: Path) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError, RecursionError) as error:
        message = f"{file} cannot be read: {error}"
        raise UnreadableError(message) from None


def _yaml(file: Path) -> Any:  # noqa: ANN401 - whatever YAML holds
    try:
        from .yaml_templates import load  # noqa: PLC0415 - needs the extra
    except ImportError:
        message = f"{file} is YAML, which needs PyYAML: pip install 'cdk-incident-starter[local]' brings it"
        raise UnreadableError(message) from None
    try:
        return load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError, RecursionError) as error:
        message = f"{file} cannot be read: {error}"
        raise UnreadableError(message) from None
