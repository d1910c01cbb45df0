"""Which plans a starter may start, and where that is written without closing a cycle."""

from collections.abc import Sequence

from aws_cdk import Stack, aws_iam as iam
from constructs import Construct

from ._acknowledgments import acknowledge_incident_records
from ._incident_rights import Right, right_to_follow_up, rights_to_start
from ._response_plans import (
    AnyResponsePlan,
    incident_records_arn,
    plan_arn,
    stack_of,
    ties_stacks,
)

_CLOSE = "ssm-incidents:UpdateIncidentRecord"


class StarterPlans:
    """The plans that a starter's role may start; each is added once."""

    def __init__(
        self,
        starter: Construct,
        role: iam.Role | None,
        own_plan: AnyResponsePlan,
        follow_up: Sequence[str],
    ) -> None:
        """Remember whose plans they are; without a role they are only checked."""
        self._starter = starter
        self._stack = Stack.of(starter)
        self._role = role
        self._follow_up = follow_up
        self._allowed: set[str] = set()
        self._policies: dict[Stack, iam.Policy] = {}
        self._upstream: Stack | None = None
        if not isinstance(own_plan, str) and ties_stacks(own_plan, self._stack):
            # The function's environment refers to its own plan, so its stack may refer to all beside that.
            self._upstream = stack_of(own_plan)

    def allow(self, plan: AnyResponsePlan) -> None:
        """Let the role start incidents of one more plan.

        Raises:
            ValueError: a malformed ARN, or neither an ARN nor a plan.
        """
        stack = self._stack
        arn = plan_arn(plan, within=stack)
        if arn in self._allowed or self._role is None:
            return
        self._allowed.add(arn)
        records = incident_records_arn(plan)
        followed = [right_to_follow_up(arn, records, self._follow_up)] if self._follow_up else []
        self._add(plan, [*followed, *rights_to_start(arn, records)])

    def allow_closing(self, plan: AnyResponsePlan) -> None:
        """Let the role close incidents of a plan.

        Raises:
            ValueError: a malformed ARN, or neither an ARN nor a plan.
        """
        if _CLOSE not in self._follow_up:
            arn = plan_arn(plan, within=self._stack)
            self._add(plan, [right_to_follow_up(arn, incident_records_arn(plan), [_CLOSE])])

    def stack_to_name(self, plan: AnyResponsePlan) -> Stack:
        """The stack in which the plan can be named: the starter's, or the plan's own.

        Referring to it from the starter's could close a cycle with alarms that are made beside it.
        """
        stack = self._stack
        if isinstance(plan, str) or not ties_stacks(plan, stack) or stack_of(plan) is self._upstream:
            return stack
        return stack_of(plan)

    def _add(self, plan: AnyResponsePlan, rights: Sequence[Right]) -> None:
        if self._role is None:
            return
        stack, records = self.stack_to_name(plan), incident_records_arn(plan)
        if stack is not self._stack:
            policy = self._policy_in(stack, self._role)
            policy.add_statements(*(right.statement() for right in rights))
            acknowledge_incident_records(policy, records)
        else:
            for right in rights:
                self._role.add_to_policy(right.statement())
            acknowledge_incident_records(self._starter, records)

    def _policy_in(self, stack: Stack, role: iam.IRole) -> iam.Policy:
        if stack not in self._policies:
            name = f"StartedBy{self._starter.node.addr}"
            self._policies[stack] = iam.Policy(stack, name, roles=[role])
        return self._policies[stack]
