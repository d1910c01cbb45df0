"""CloudFormation's intrinsic functions, as far as a template alone can answer them.

See https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import base64
import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .placeholders import Placeholder, as_text, is_known, joined

if TYPE_CHECKING:
    from .templates import Template

NO_VALUE = object()
"""What Ref of AWS::NoValue makes of a property: it is not there."""

_VARIABLE = re.compile(r"\$\{(!?)([^${}]*)\}")
_DYNAMIC = re.compile(r"\{\{resolve:([^{}]*)\}\}")
_ZONES = "abc"
_MOST_DEEP = 60


class Intrinsics:
    """Evaluates what a template says.

    What cannot be known is a `Placeholder`; nothing here raises for what a template contains.
    """

    def __init__(self, scope: Template) -> None:
        """Take the template that the functions refer to."""
        self._scope = scope
        self._depth = 0
        self._functions: dict[str, Callable[[Any], object]] = {
            "Ref": lambda name: scope.ref(as_text(name)),
            "Condition": self._holds,
            "Fn::And": self._and,
            "Fn::Base64": lambda node: self._text_of(
                node, lambda text: base64.b64encode(text.encode()).decode()
            ),
            "Fn::Cidr": self._cidr,
            "Fn::Equals": lambda node: self._equals(*node),
            "Fn::FindInMap": self._find_in_map,
            "Fn::GetAZs": lambda region: [f"{region or scope.ref('AWS::Region')}{zone}" for zone in _ZONES],
            "Fn::GetAtt": self._get_att,
            "Fn::GetStackOutput": lambda node: scope.output(
                as_text(node["StackName"]), as_text(node["OutputName"])
            ),
            "Fn::ImportValue": lambda name: scope.imported(as_text(name)),
            "Fn::Join": lambda node: joined(as_text(node[0]), list(node[1])),
            "Fn::Length": len,
            "Fn::Not": self._not,
            "Fn::Or": self._or,
            "Fn::Select": lambda node: node[1][int(node[0])],
            "Fn::Split": self._split,
            "Fn::ToJsonString": self._to_json,
        }

    def value(self, node: object) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Evaluate a value, whatever is in it.

        Args:
            node: as it stands in the template.
        """
        if self._depth >= _MOST_DEEP:
            return Placeholder("unknown", f"what is nested deeper than {_MOST_DEEP} levels")
        self._depth += 1
        try:
            return self._value(node)
        finally:
            self._depth -= 1

    def _value(self, node: object) -> object:
        if isinstance(node, Mapping):
            if len(node) == 1:
                [(name, argument)] = node.items()
                if name in ("Ref", "Condition") and isinstance(argument, str):
                    return self._functions[name](argument)
                if isinstance(name, str) and name.startswith("Fn::"):
                    return self._called(name, argument)
            made = {as_text(name): self.value(each) for name, each in node.items()}
            return {name: each for name, each in made.items() if each is not NO_VALUE}
        if isinstance(node, list):
            return [each for each in map(self.value, node) if each is not NO_VALUE]
        if isinstance(node, str) and (found := _DYNAMIC.search(node)):
            return Placeholder(node, f"the value of {found.group(1)}")
        return node

    def _called(self, name: str, argument: object) -> object:
        try:
            if name == "Fn::If":
                return self._if(argument)
            if name == "Fn::Sub":
                return self._sub(argument)
            function = self._functions.get(name)
            if function is None:
                return Placeholder(name, f"what {name} makes")
            return function(self.value(argument))
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            return Placeholder(name, f"what {name} makes of {json.dumps(argument, default=str)[:100]}")

    # -- conditions ---------------------------------------------------------

    def _if(self, argument: Any) -> object:  # noqa: ANN401
        name, then, otherwise = argument
        holds = self._scope.condition(as_text(name))
        # Where only a deployment knows, what is there more often than not is looked at.
        return self.value(otherwise if holds is False else then)

    def _holds(self, name: str) -> object:
        holds = self._scope.condition(name)
        return Placeholder("true", f"condition {name}") if holds is None else holds

    def _equals(self, first: object, second: object) -> object:
        if is_known(first) and is_known(second):
            return as_text(first) == as_text(second)
        return Placeholder("true", f"whether {first} is {second}")

    def _and(self, parts: list[object]) -> object:
        return False if False in parts else next((each for each in parts if each is not True), True)

    def _or(self, parts: list[object]) -> object:
        return True if True in parts else next((each for each in parts if each is not False), False)

    def _not(self, parts: list[object]) -> object:
        return not parts[0] if isinstance(parts[0], bool) else parts[0]

    # -- texts --------------------------------------------------------------

    def _sub(self, argument: Any) -> object:  # noqa: ANN401
        template, given = (argument, {}) if isinstance(argument, str) else argument
        known = {name: self.value(each) for name, each in given.items()}
        pieces: list[object] = []
        position = 0
        for found in _VARIABLE.finditer(template):
            pieces += [
                template[position : found.start()],
                self._variable(found.group(1), found.group(2), known),
            ]
            position = found.end()
        return joined("", [*pieces, template[position:]])

    def _variable(self, literal: str, name: str, known: Mapping[str, object]) -> object:
        if literal:
            return f"${{{name}}}"
        name = name.strip()
        if name in known:
            return known[name]
        resource, dot, attribute = name.partition(".")
        return self._scope.attribute(resource, attribute) if dot else self._scope.ref(name)

    def _text_of(self, node: object, make: Callable[[str], str]) -> str:
        made = make(as_text(node))
        return Placeholder(made, node.why) if isinstance(node, Placeholder) else made

    def _split(self, node: Any) -> object:  # noqa: ANN401
        separator, text = node
        parts = as_text(text).split(as_text(separator))
        return [Placeholder(part, text.why) for part in parts] if isinstance(text, Placeholder) else parts

    def _to_json(self, node: object) -> str:
        text = json.dumps(node, separators=(",", ":"), ensure_ascii=False)
        return text if is_known(node) else Placeholder(text, "a part of the JSON")

    # -- look-ups -----------------------------------------------------------

    def _get_att(self, node: Any) -> object:  # noqa: ANN401
        resource, attribute = node.split(".", 1) if isinstance(node, str) else node
        return self._scope.attribute(as_text(resource), as_text(attribute))

    def _find_in_map(self, node: list[Any]) -> object:
        name, first, second, *options = node
        found = self._scope.mapped(as_text(name), as_text(first), as_text(second))
        if found is not None:
            return found
        if options and isinstance(options[0], Mapping) and "DefaultValue" in options[0]:
            return options[0]["DefaultValue"]
        return Placeholder(as_text(second), f"{second} of {first} in mapping {name}")

    def _cidr(self, node: list[Any]) -> object:
        block, count, bits = (*node, 8)[:3]
        network = ipaddress.ip_network(as_text(block))
        prefix = network.max_prefixlen - int(bits)
        return [
            str(each) for each, _ in zip(network.subnets(new_prefix=prefix), range(int(count)), strict=False)
        ]
