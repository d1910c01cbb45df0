"""Cloud assemblies and single templates, as `App`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib._bundle import texts
from constructs_lib.cloud_assembly import UnreadableError, is_assembly, read_json, read_template, stacks_of

from .construct_errors import errors_of_constructs
from .physical import Place
from .placeholders import Placeholder
from .templates import App, Asset, Template

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from constructs_lib.cloud_assembly import Stack

_NESTED_STACK = "AWS::CloudFormation::Stack"
_YAML = (".yaml", ".yml")
_ACCOUNT, _REGION = "123456789012", "us-east-1"


def read_app(path: Path, *, account: str = "", region: str = "") -> App:
    """Read an app.

    Args:
        path: the directory of a cloud assembly, or a template in JSON or YAML.
        account: the account of stacks that name none. Default: a placeholder.
        region: the Region of stacks that name none. Default: a placeholder.

    Raises:
        UnreadableError: there is neither. What of an assembly cannot be read is a problem of the app.
    """
    app = App()
    if is_assembly(path):
        for stack in stacks_of(path, app.problems.append):
            _read_stack(app, stack, _place(stack.account or account, stack.region or region))
    elif path.is_file():
        body = _yaml(path) if path.suffix in _YAML else read_json(path)
        if not isinstance(body, dict) or not isinstance(body.get("Resources"), dict):
            message = f"{path} is no template: it has no Resources"
            raise UnreadableError(message)
        app.templates.append(Template(app, body, path.name.partition(".")[0], _place(account, region), {}))
    else:
        message = f"{path} is neither a template nor a cloud assembly: it has no manifest.json"
        raise UnreadableError(message)
    return app


def _place(account: str, region: str) -> Place:
    return Place(
        account or Placeholder(_ACCOUNT, "the account"),
        region or Placeholder(_REGION, "the Region"),
        "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws",
    )


def _read_stack(app: App, stack: Stack, place: Place) -> None:
    try:
        app.problems += errors_of_constructs(stack)
    except UnreadableError as error:
        app.problems.append(str(error))
    template = _template(app, stack.template_file, stack.name, place, stack.parameters)
    if template is not None:
        template.names = stack.names
        _read_nested(app, template, stack.directory, _assets(app, stack))


def _template(app: App, file: Path, stack: str, place: Place, given: Mapping[str, object]) -> Template | None:
    try:
        template = Template(app, read_template(file), stack, place, given)
    except UnreadableError as error:
        app.problems.append(f"stack {stack} is left out: {error}")
        return None
    template.file = file
    app.templates.append(template)
    return template


def _read_nested(app: App, parent: Template, directory: Path, files: Mapping[str, Any]) -> None:
    """Read the nested stacks of a template, whose files are assets with the name that their URL ends with."""
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
                _read_nested(app, nested, directory, files)


def _assets(app: App, stack: Stack) -> Mapping[str, Any]:
    """Read the files of a stack's assets, and remember where each is uploaded to."""
    try:
        files = texts.mapping(stack.assets().get("files"))
    except UnreadableError as error:
        app.problems.append(str(error))
        return {}
    for each in files.values():
        source = texts.mapping(texts.mapping(each).get("source"))
        asset = Asset(stack.directory / str(source.get("path")), source.get("packaging") == "zip")
        for destination in texts.mapping(texts.mapping(each).get("destinations")).values():
            app.assets[str(texts.mapping(destination).get("objectKey"))] = asset
    return files


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
