"""Which plans a starter may start, and where that is written without closing a cycle."""

from collections.abc import Sequence

from aws_cdk import Stack, aws_iam as iam
from constructs import Construct

from ._response_plans import (
    ResponsePlan,
    incident_records_arn,
    plan_arn,
    stack_of,
    ties_stacks,
)
from ._starter_role import acknowledge_incident_records, plan_statements


class StarterPlans:
    """The plans that a starter's role may start; each is added once."""

    def __init__(
        self,
        starter: Construct,
        role: iam.Role | None,
        own_plan: ResponsePlan,
        follow_up: Sequence[str],
    ) -> None:
        """Remember whose plans they are; without a role they are only checked."""
        self._starter = starter
        self._role = role
        self._follow_up = follow_up
        self._allowed: set[str] = set()
        self._policies: dict[Stack, iam.Policy] = {}
        # The function's environment refers to its own plan, so its stack may refer to all plans beside that.
        self._upstream = None if isinstance(own_plan, str) else stack_of(own_plan)

    def allow(self, plan: ResponsePlan) -> None:
        """Let the role start incidents of one more plan.

        Raises:
            ValueError: a malformed ARN, or neither an ARN nor a plan.
        """
        stack = Stack.of(self._starter)
        arn = plan_arn(plan, within=stack)
        if arn in self._allowed or self._role is None:
            return
        self._allowed.add(arn)
        records = incident_records_arn(plan)
        if not isinstance(plan, str) and ties_stacks(plan, stack) and stack_of(plan) is not self._upstream:
            # Referring to it from here would close a cycle with alarms that are made beside it.
            policy = self._policy_in(stack_of(plan), self._role)
            policy.add_statements(*plan_statements(arn, records, self._follow_up))
            acknowledge_incident_records(policy, records)
        else:
            for statement in plan_statements(arn, records, self._follow_up):
                self._role.add_to_policy(statement)
            acknowledge_incident_records(self._starter, records)

    def _policy_in(self, stack: Stack, role: iam.IRole) -> iam.Policy:
        if stack not in self._policies:
            name = f"StartedBy{self._starter.node.addr}"
            self._policies[stack] = iam.Policy(stack, name, roles=[role])
        return self._policies[stack]
