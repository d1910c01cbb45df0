"""What a response plan may say: botocore's model of CreateResponsePlan, and where CloudFormation allows less.

Both must agree to a plan: CloudFormation reads the template by its schema of AWS::SSMIncidents::ResponsePlan,
then calls the service.
"""

import re
from collections.abc import Mapping
from enum import Enum

from ._bundle import limits, titles
from ._checks import check_list, check_text, has_token
from ._request_shape import Shape, input_shape

LESS = {"summary": 4_000, "values": 10}
"""Limits of CloudFormation's schema that are below the service's."""

TAG_KEY = re.compile(r"(?!aws:)[A-Za-z0-9+,./:=_-]+")
"""What the service's pattern and CloudFormation's, which knows no space and no ``@``, have in common."""


def is_token(text: str) -> bool:
    """Whether CDK will put something else in its place, be that a part of it or the list that it is in."""
    return has_token(text) or text.startswith("#{Token[")


def shape_of(*path: str) -> Shape:
    """A part of CreateResponsePlan's input; ``[]`` is a list's member, ``key`` and ``value`` are a map's."""
    shape = input_shape("CreateResponsePlan")
    for step in path:
        if step == "[]":
            shape = shape.member
        elif shape.type_name == "map":
            shape = shape.key if step == "key" else shape.value
        else:
            shape = shape.members[step]
    return shape


def check_member(name: str, value: object, *path: str) -> str:
    """A text of a plan; what holds a token is not measured.

    Raises:
        ValueError: it is no text, is empty, or is not what the service takes there.
    """
    if isinstance(value, str) and is_token(value):
        return value
    problem = limits.text_problem(value, shape_of(*path), "")
    if isinstance(value, str):
        most = LESS.get(path[-1], len(value))
        if not problem and len(value) > most:
            problem = f"{len(value):,} characters, at most {most:,} are allowed"
        if not value.strip():
            problem = f"{value!r}, at least one visible character is needed (or leave it out)"
    if problem:
        message = f"{name}: got {problem}"
        raise ValueError(message)
    return str(value)


def check_line(name: str, value: object, *path: str) -> str:
    """A text of a plan that people read on one line.

    Raises:
        ValueError: see `check_member`; or it holds a control character or a line break.
    """
    return check_member(name, check_text(name, value), *path)


def check_plan_title(value: object) -> str:
    """A plan's own title, which the service shows as it stands.

    Raises:
        ValueError: see `check_line`; or it is written like a starter's, with placeholders.
    """
    title = check_line("title", value, "incidentTemplate", "title")
    if found := [f"{{{name}}}" for name in titles.PLACEHOLDERS if f"{{{name}}}" in title]:
        message = (
            f"title: got {title!r} with {', '.join(found)}, which Incident Manager would show as it stands: "
            "write a plain title, placeholders belong into the title of a starter, alarm or rule"
        )
        raise ValueError(message)
    return title


def check_distinct(name: str, arns: list[str], *path: str) -> list[str]:
    """ARNs of a plan, each once, as many as the service takes.

    Raises:
        ValueError: there are too many, or one is there twice.
    """
    most = shape_of(*path).metadata["max"]
    if len(arns) > most:
        message = f"{name}: got {len(arns)} entries, at most {most} are allowed"
        raise ValueError(message)
    if repeated := next((arn for arn in arns if arns.count(arn) > 1), None):
        message = f"{name}: got {repeated!r} twice, name each once"
        raise ValueError(message)
    return arns


def check_tags(name: str, tags: object) -> dict[str, str]:
    """Tags of a plan or of its incidents.

    Raises:
        ValueError: there are too many, or a key or a value is not what AWS takes.
    """
    entries = check_mapping(name, tags)
    most = shape_of("tags").metadata["max"]
    if len(entries) > most:
        message = f"{name}: got {len(entries)} tags, at most {most} are allowed"
        raise ValueError(message)
    for key, value in entries.items():
        check_member(f"{name}: key", key, "tags", "key")
        if not is_token(key) and not TAG_KEY.fullmatch(key):
            message = (
                f"{name}: got the key {key!r}, letters, digits and '+,-./:=_' are allowed, not 'aws:' at its "
                "beginning"
            )
            raise ValueError(message)
        check_member(f"{name}: {key}", value, "tags", "value")
    return {key: str(value) for key, value in entries.items()}


def check_parameters(name: str, parameters: object) -> dict[str, object]:
    """Parameters of a runbook, as many as the service takes; their values are not looked at.

    Raises:
        ValueError: there are too many, or a key is not what the service takes.
    """
    path = ("actions", "[]", "ssmAutomation", "parameters")
    entries = check_mapping(name, parameters)
    most = shape_of(*path).metadata["max"]
    if len(entries) > most:
        message = f"{name}: got {len(entries)} parameters, at most {most} are allowed"
        raise ValueError(message)
    for key in entries:
        check_member(f"{name}: name", key, *path, "key")
    return entries


def check_values(name: str, values: object) -> list[str]:
    """The values of one parameter of a runbook; an empty text is one too.

    Raises:
        ValueError: they are no list, none or too many, one twice, or one is too long.
    """
    shape = shape_of("actions", "[]", "ssmAutomation", "parameters", "value", "[]")
    texts = []
    for value in check_list(name, values, "texts"):
        known = not (isinstance(value, str) and is_token(value))
        if known and (problem := limits.text_problem(value, shape, "")):
            message = f"{name}: got {problem}"
            raise ValueError(message)
        texts.append(f"{value}" if not isinstance(value, Enum) else str(value.value))
    if not 1 <= len(texts) <= LESS["values"]:
        message = f"{name}: got {len(texts)} values, 1 to {LESS['values']} are allowed"
        raise ValueError(message)
    if repeated := [text for text in texts if texts.count(text) > 1]:
        message = f"{name}: got {repeated[0]!r} twice, CloudFormation takes each value once"
        raise ValueError(message)
    return texts


def check_mapping(name: str, value: object) -> dict[str, object]:
    """A mapping from texts.

    Raises:
        ValueError: it is none, is empty, or a key is no text.
    """
    if not isinstance(value, Mapping):
        message = f"{name}: got {value!r} of type {type(value).__name__}, a mapping of texts is needed"
        raise ValueError(message)  # noqa: TRY004 - one exception type for every bad value
    if not value:
        message = f"{name}: got an empty mapping, at least one entry is needed (or leave it out)"
        raise ValueError(message)
    if bad := [key for key in value if not isinstance(key, str)]:
        message = f"{name}: got the key {bad[0]!r} of type {type(bad[0]).__name__}, a text is needed"
        raise ValueError(message)
    return dict(value)
