"""A CDK cloud assembly as its manifest tells it: the stacks of an app, and the Stages that they stand in.

The one walk through it, for whoever reads templates, deploys them or asks what became of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from constructs_lib._bundle import texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

_MANIFEST = "manifest.json"
_STACK, _STAGE = "aws:cloudformation:stack", "cdk:cloud-assembly"
_UNKNOWN = ("unknown-account", "unknown-region")


class UnreadableError(Exception):
    """There is nothing to read; the sentence says what was looked for."""


@dataclass(frozen=True)
class Stack:
    """A stack of an assembly.

    Attributes:
        artifact_id: what the manifest calls it.
        directory: of the assembly that it stands in.
        display_name: what the CDK CLI calls it.
        account: where it goes, or an empty text where it does not say it.
        region: the same.
        depends_on: the artifacts that come before it.
        artifact: what else its manifest says.
    """

    artifact_id: str
    directory: Path
    display_name: str
    account: str
    region: str
    depends_on: tuple[str, ...]
    artifact: Mapping[str, Any]

    @property
    def properties(self) -> Mapping[str, Any]:
        """What its manifest says of its deployment."""
        return texts.mapping(self.artifact.get("properties"))

    @property
    def name(self) -> str:
        """Its name on AWS."""
        return texts.text(self.properties.get("stackName")) or self.artifact_id

    @property
    def names(self) -> tuple[str, ...]:
        """All that users call it, the CDK CLI's name last."""
        return tuple(dict.fromkeys((self.name, self.artifact_id, self.display_name)))

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The values of its template's parameters that are known."""
        return texts.mapping(self.properties.get("parameters"))

    @property
    def bootstrap_version_parameter(self) -> str:
        """The SSM parameter that tells it how its account is bootstrapped; an empty text where none does."""
        return texts.text(self.properties.get("bootstrapStackVersionSsmParameter"))

    @property
    def template_file(self) -> Path:
        """Where its template is."""
        return self.directory / str(self.properties.get("templateFile"))

    def template(self) -> dict[str, Any]:
        """Read its template.

        Raises:
            UnreadableError: it has none.
        """
        return read_template(self.template_file)

    def assets(self) -> dict[str, Any]:
        """Read the manifest of its assets; an empty one where it has none.

        Raises:
            UnreadableError: it has one that cannot be read.
        """
        file = self.directory / f"{self.artifact_id}.assets.json"
        return texts.mapping(read_json(file)) if file.is_file() else {}

    def metadata(self) -> dict[str, Any]:
        """Read what its constructs are annotated with, by their paths; newer CDKs write it beside.

        Raises:
            UnreadableError: that file cannot be read.
        """
        beside: dict[str, Any] = {}
        if name := texts.text(self.artifact.get("additionalMetadataFile")):
            beside = texts.mapping(read_json(self.directory / name))
        return {**texts.mapping(self.artifact.get("metadata")), **beside}


class Stage(NamedTuple):
    """A CDK Stage, whose stacks are an assembly within the assembly.

    Attributes:
        directory: of that.
        path: of the construct.
    """

    directory: Path
    path: str


def is_assembly(directory: Path) -> bool:
    """Tell whether an app was synthesized into a directory."""
    return (directory / _MANIFEST).is_file()


def _refuse(sentence: str) -> NoReturn:
    raise UnreadableError(sentence)


def stacks_of(directory: Path, tell: Callable[[str], object] = _refuse) -> Iterator[Stack]:
    """Give the stacks of an assembly and of those within it, in the order of the manifests.

    Args:
        directory: the assembly's.
        tell: hears of what within it cannot be read and is left out. Default: raises it.

    Raises:
        UnreadableError: it is no assembly.
    """
    return (each for each in _walk(directory, tell) if isinstance(each, Stack))


def stages_of(directory: Path) -> Iterator[Stage]:
    """Give the Stages of an assembly, outer before inner.

    Args:
        directory: the assembly's.

    Raises:
        UnreadableError: it is no assembly, or one within it is none.
    """
    return (each for each in _walk(directory, _refuse) if isinstance(each, Stage))


def _walk(
    directory: Path, tell: Callable[[str], object], around: tuple[Path, ...] = ()
) -> Iterator[Stack | Stage]:
    manifest = directory / _MANIFEST
    artifacts = texts.mapping(read_json(manifest)).get("artifacts")
    if not isinstance(artifacts, dict):
        _refuse(f"{manifest} has no artifacts: it is no cloud assembly")
    if directory.resolve() in around:
        _refuse(f"{manifest} stands within itself")
    for artifact_id, artifact in artifacts.items():
        kind = texts.mapping(artifact).get("type")
        if kind == _STAGE:
            properties = texts.mapping(artifact.get("properties"))
            stage = Stage(
                directory / str(properties.get("directoryName")), texts.text(properties.get("displayName"))
            )
            yield stage
            try:
                yield from _walk(stage.directory, tell, (*around, directory.resolve()))
            except UnreadableError as error:
                tell(str(error))
        elif kind == _STACK:
            yield _stack(artifact_id, directory, artifact)
        elif kind is None:
            tell(f"{manifest}: artifact {artifact_id} is left out: it has no type")


def _stack(artifact_id: str, directory: Path, artifact: Mapping[str, Any]) -> Stack:
    account, _, region = texts.text(artifact.get("environment")).removeprefix("aws://").partition("/")
    return Stack(
        artifact_id,
        directory,
        texts.text(artifact.get("displayName")) or artifact_id,
        "" if account in _UNKNOWN else account,
        "" if region in _UNKNOWN else region,
        tuple(map(str, texts.entries(artifact.get("dependencies")))),
        artifact,
    )


def read_template(file: Path) -> dict[str, Any]:
    """Read a template in JSON.

    Raises:
        UnreadableError: it is none.
    """
    body = read_json(file)
    return body if isinstance(body, dict) else _refuse(f"{file} is no template")


def read_json(file: Path) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Read a file.

    Raises:
        UnreadableError: there is none, or it holds no JSON.
    """
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError, RecursionError) as error:
        message = f"{file} cannot be read: {error}"
        raise UnreadableError(message) from None
