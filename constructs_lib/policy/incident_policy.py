"""Guard rails of an app, judged by CDK's own validation at each synthesis."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import jsii
from aws_cdk import (
    IPolicyValidationPlugin,
    PolicyValidationPluginReport,
    PolicyViolatingResource,
    PolicyViolation,
    Stage,
    Validations,
)

from constructs_lib._checks import check_count, check_impact
from constructs_lib.cloud_assembly import stages_of
from constructs_lib.impact import Impact
from constructs_lib.reading.assemblies import read_app
from constructs_lib.routes.alarm_match import globs_of
from constructs_lib.routes.alarm_resources import reference_of, select_alarms
from constructs_lib.routes.stages import stage_name
from constructs_lib.starter_interface import starters_of_this_process

from .guard_rails import MONTHLY, RULES, GuardRails, PolicyLevel, Violation, judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aws_cdk import IPolicyValidationContext

    from constructs_lib.reading.resources import Resource
    from constructs_lib.routes.alarm_match import Globs

NAME = "incident-policy"
_Checked = TypeVar("_Checked")


class IncidentPolicy:
    """What an organisation asks of every alarm and rule that pages, whoever wrote the app.

    The rules are judged from the synthesized templates by a plugin of CDK's own validation: ``cdk synth``
    fails or warns with the construct's path. Who has a reason acknowledges a rule for a construct and all
    within it with ``Validations.of(scope).acknowledge(id="incident-policy::RULE", reason="...")``, which CDK
    writes into its report.

    See https://docs.aws.amazon.com/cdk/v2/guide/policy-validation-synthesis.html
    """

    def __init__(
        self,
        *,
        alarms_per_plan: PolicyLevel = PolicyLevel.WARNING,
        loudest_elsewhere: Impact = Impact.LOW,
        max_alarms_per_plan: int = 50,
        prod: Globs = "prod*",
        quiet_elsewhere: PolicyLevel = PolicyLevel.ERROR,
        routed: PolicyLevel = PolicyLevel.ERROR,
        runbook: PolicyLevel = PolicyLevel.ERROR,
        runbook_from: Impact = Impact.HIGH,
        wired_once: PolicyLevel = PolicyLevel.ERROR,
    ) -> None:
        """Make a policy.

        Args:
            alarms_per_plan: whether ``max_alarms_per_plan`` is looked at.
            loudest_elsewhere: the most urgent impact outside of ``prod``.
            max_alarms_per_plan: alarms and rules that may page one plan, 1 to 200: Incident Manager starts
                200 incidents per plan and month.
            prod: globs of the stages of production, in any case of letters: the name of the CDK Stage, else
                the context value ``stage``.
            quiet_elsewhere: whether outside of ``prod`` nothing pages above ``loudest_elsewhere``.
            routed: whether every alarm of ``prod`` pages, by itself or in a composite alarm.
            runbook: whether what pages with ``runbook_from`` or a more urgent impact has a related item
                with *Runbook* in its title.
            runbook_from: see there.
            wired_once: whether nothing pages natively and through a starter.

        Raises:
            ValueError: a value is not allowed.
        """
        levels = dict(
            zip(RULES, (runbook, routed, quiet_elsewhere, wired_once, alarms_per_plan), strict=True)
        )
        for rule, level in levels.items():
            if not isinstance(level, PolicyLevel):
                allowed = ", ".join(f"PolicyLevel.{each.name}" for each in PolicyLevel)
                message = f"{rule.replace('-', '_')}: got {level!r}, allowed are {allowed}"
                raise ValueError(message)  # noqa: TRY004 - one exception type for every bad value
        check_count("max_alarms_per_plan", max_alarms_per_plan, 1, MONTHLY)
        self._rails = GuardRails(
            levels,
            [glob.lower() for glob in _named("prod", lambda: globs_of("stage", prod))],
            _named("runbook_from", lambda: check_impact(runbook_from)),
            _named("loudest_elsewhere", lambda: check_impact(loudest_elsewhere)),
            max_alarms_per_plan,
        )

    def apply(self, scope: Stage) -> None:
        """Hold an app against the policy whenever it is synthesized.

        Args:
            scope: an app, all of whose Stages are judged.

        Raises:
            ValueError: it is none.
        """
        if not isinstance(scope, Stage) or scope.parent_stage is not None:
            message = (
                f"scope: got {scope!r} of type {type(scope).__name__}, an app is needed: CDK validates "
                "all of its Stages together"
            )
            raise ValueError(message)
        plugin = _Plugin(self._rails)
        _kept.append(plugin)
        Validations.of(scope).add_plugins(plugin)


def _named(option: str, checked: Callable[[], _Checked]) -> _Checked:
    """Put the option's name in front of what a check says."""
    try:
        return checked()
    except ValueError as error:
        message = f"{option}: {error}"
        raise ValueError(message) from None


_kept: list[_Plugin] = []
"""jsii holds no object of Python that Node calls back."""


@jsii.implements(IPolicyValidationPlugin)
class _Plugin:
    """Reads the templates that CDK has written; one callback, whatever the size of the app."""

    def __init__(self, rails: GuardRails) -> None:
        self._rails = rails

    @property
    def name(self) -> str:
        """Before the ``::`` of what is acknowledged."""
        return NAME

    @property
    def version(self) -> str:
        """Of the rules."""
        return "1.0.0"

    @property
    def rule_ids(self) -> list[str]:
        """All rules."""
        return [*RULES]

    def validate(self, context: IPolicyValidationContext) -> PolicyValidationPluginReport:
        """Judge the templates."""
        root: Any = context.app_construct
        directory = Path(root.outdir)
        stages = dict(_stages(root, directory))
        left_out = {*_watching(root)}
        found = judge(
            read_app(directory),
            self._rails,
            lambda resource: stages.get(_file(resource).parent.resolve(), ""),
            lambda resource: (_file(resource).name, resource.logical_id) in left_out,
            {*_arns_elsewhere(root)},
        )
        errors = [each for each in found if self._rails.levels[each.rule] is PolicyLevel.ERROR]
        return PolicyValidationPluginReport(
            success=not errors, violations=[self._told(each) for each in found]
        )

    def _told(self, violation: Violation) -> PolicyViolation:
        return PolicyViolation(
            rule_name=violation.rule,
            description=violation.sentence,
            fix=violation.fix,
            severity=self._rails.levels[violation.rule].value,
            violating_resources=[
                PolicyViolatingResource(
                    resource_logical_id=resource.logical_id,
                    template_path=str(_file(resource)),
                    locations=[],
                )
                for resource in violation.resources
            ],
        )


def _file(resource: Resource) -> Path:
    file = resource.template.file
    assert file is not None  # noqa: S101 - of an assembly, every template is a file
    return file


def _stages(root: Stage, directory: Path) -> Iterator[tuple[Path, str]]:
    """The directory of each Stage, and its name."""
    yield directory.resolve(), stage_name(root)
    for inner in stages_of(directory):
        found: Any = root
        for part in inner.path.split("/"):
            found = found.node.find_child(part)
        yield inner.directory.resolve(), stage_name(found)


def _arns_elsewhere(root: Stage) -> Iterator[str]:
    """The functions of starters that other apps own, as far as their ARNs are known."""
    own = reference_of(root)
    for starter in starters_of_this_process:
        if starter.is_imported and reference_of(starter.node.root) == own:
            yield starter.alarm_action_config.alarm_action_arn


def _watching(root: Stage) -> Iterator[tuple[str, str]]:
    """The alarms that watch starters: they tell whoever watches the pager, and must not page through it."""
    own = reference_of(root)
    starters = [
        starter
        for starter in starters_of_this_process
        if not starter.is_imported and reference_of(starter.node.root) == own
    ]
    for resource in select_alarms(starters):
        stack = resource.stack
        yield stack.template_file, stack.resolve(resource.logical_id)
