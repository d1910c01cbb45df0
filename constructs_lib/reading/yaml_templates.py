"""Templates in YAML, with CloudFormation's short forms."""

from __future__ import annotations

from typing import Any

import yaml

_SHORT_AND_BARE = ("Ref", "Condition")


class _Loader(yaml.SafeLoader):  # type: ignore[misc]  # PyYAML is untyped
    """YAML as CloudFormation reads it: ``!Sub`` is ``Fn::Sub``, and dates are texts."""


def _function(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    argument: Any
    if isinstance(node, yaml.ScalarNode):
        argument = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        argument = loader.construct_sequence(node, deep=True)
    else:
        argument = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in _SHORT_AND_BARE else f"Fn::{suffix}": argument}


_Loader.add_multi_constructor("!", _function)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_yaml_str)


def load(text: str) -> Any:  # noqa: ANN401 - whatever YAML holds
    """Read a template.

    Args:
        text: in YAML.

    Raises:
        ValueError: it is no YAML.
    """
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader with short forms
    except yaml.YAMLError as error:
        message = " ".join(str(error).split())
        raise ValueError(message) from None
