"""Cloud assemblies and single templates, as `App`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib._bundle import texts

from .physical import Place
from .placeholders import Placeholder
from .templates import App, Template

if TYPE_CHECKING:
    from pathlib import Path

_NESTED_STACK = "AWS::CloudFormation::Stack"
_YAML = (".yaml", ".yml")
_ACCOUNT, _REGION = "123456789012", "us-east-1"


class UnreadableError(Exception):
    """There is nothing to read; the sentence says what was looked for."""


def read_app(path: Path) -> App:
    """Read an app.

    Args:
        path: the directory of a cloud assembly, or a template in JSON or YAML.

    Raises:
        UnreadableError: there is neither. What of an assembly cannot be read is a problem of the app.
    """
    app = App()
    if (path / "manifest.json").is_file():
        _read_assembly(app, path)
    elif path.is_file():
        body = _yaml(path) if path.suffix in _YAML else _json(path)
        if not isinstance(body, dict) or not isinstance(body.get("Resources"), dict):
            message = f"{path} is no template: it has no Resources"
            raise UnreadableError(message)
        app.templates.append(Template(app, body, path.name.partition(".")[0], _place("", ""), {}))
    else:
        message = f"{path} is neither a template nor a cloud assembly: it has no manifest.json"
        raise UnreadableError(message)
    return app


def _read_assembly(app: App, directory: Path, around: tuple[Path, ...] = ()) -> None:
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
            _nested_assembly(app, inner, (*around, directory.resolve()))
        elif kind == "aws:cloudformation:stack":
            account, _, region = texts.text(artifact.get("environment")).removeprefix("aws://").partition("/")
            name = texts.text(properties.get("stackName")) or artifact_id
            file = directory / str(properties.get("templateFile"))
            given = texts.mapping(properties.get("parameters"))
            template = _template(app, file, name, _place(account, region), given)
            if template is not None:
                _read_nested(app, template, directory, artifact_id)
        elif kind is None:
            app.problems.append(f"{manifest}: artifact {artifact_id} is left out: it has no type")


def _nested_assembly(app: App, directory: Path, around: tuple[Path, ...]) -> None:
    try:
        _read_assembly(app, directory, around)
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
        name, given = f"{parent.stack}-{resource.logical_id}", texts.mapping(resource.get("Parameters"))
        nested = _template(app, directory / source, name, parent.place, given)
        if nested is not None:
            nested.parent = parent
            parent.nested[resource.logical_id] = nested
            if not nested.is_within_itself():
                _read_nested(app, nested, directory, artifact_id)


def _assets(app: App, file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        return texts.mapping(texts.mapping(_json(file)).get("files"))
    except UnreadableError as error:
        app.problems.append(str(error))
        return {}


def _place(account: str, region: str) -> Place:
    return Place(
        account if account not in ("", "unknown-account") else Placeholder(_ACCOUNT, "the account"),
        region if region not in ("", "unknown-region") else Placeholder(_REGION, "the Region"),
        "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws",
    )


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
