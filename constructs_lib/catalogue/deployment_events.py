"""Events of deployments: pipelines, rollouts and stacks that failed."""

from collections.abc import Sequence
from typing import Any

from constructs_lib.impact import Impact

from .console import console
from .incident_event import IncidentEvent
from .narrowing import arns, globs, names, nested, said

_STUCK = [
    "CREATE_FAILED",
    "DELETE_FAILED",
    "IMPORT_ROLLBACK_FAILED",
    "ROLLBACK_FAILED",
    "UPDATE_FAILED",
    "UPDATE_ROLLBACK_FAILED",
]
_ROLLED_BACK = ["IMPORT_ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"]


class DeploymentEvents:
    """CodePipeline, CodeDeploy, CloudFormation and ECS deployments."""

    @staticmethod
    def code_pipeline_failure(*, pipelines: Sequence[str] | None = None) -> IncidentEvent:
        """An execution of a pipeline has failed.

        Args:
            pipelines: their names. By default all.

        See https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
        """
        return IncidentEvent(
            "aws.codepipeline",
            "CodePipeline Pipeline Execution State Change",
            detail=said(state=["FAILED"], pipeline=names("pipelines", pipelines)),
            impact=Impact.LOW,
            title="Pipeline {detail.pipeline} has failed",
            related_items=[
                console(
                    "codesuite/codepipeline/pipelines/{detail.pipeline}/executions/{detail.execution-id}"
                    "/timeline?region={region}",
                    "Execution in CodePipeline",
                )
            ],
        )

    @staticmethod
    def code_deploy_failure(
        *,
        applications: Sequence[str] | None = None,
        deployment_groups: Sequence[str] | None = None,
        include_stopped: bool = False,
    ) -> IncidentEvent:
        """A deployment of CodeDeploy has failed.

        Args:
            applications: names of applications. By default all.
            deployment_groups: names of deployment groups. By default all.
            include_stopped: whether one that somebody has stopped counts as well. By default it does not.

        See https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html
        """
        return IncidentEvent(
            "aws.codedeploy",
            "CodeDeploy Deployment State-change Notification",
            detail=said(
                state=["FAILURE", "STOP"] if include_stopped else ["FAILURE"],
                application=names("applications", applications),
                deploymentGroup=names("deployment_groups", deployment_groups),
            ),
            impact=Impact.MEDIUM,
            title="Deployment of {detail.application} to {detail.deploymentGroup}: {detail.state}",
            related_items=[
                console(
                    "codesuite/codedeploy/deployments/{detail.deploymentId}?region={region}",
                    "Deployment in CodeDeploy",
                )
            ],
        )

    @staticmethod
    def cloud_formation_failure(
        *, stack_names: Sequence[str] | None = None, include_rolled_back: bool = True
    ) -> IncidentEvent:
        """An operation on a stack has ended without success; each is told of once, at its end.

        Nested stacks have events of their own: name the outermost.

        Args:
            stack_names: where ``*`` stands for anything, such as ``prod-*``. By default all.
            include_rolled_back: whether a stack that is back where it was counts. By default it does;
                without, only one that is stuck.

        See https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/event-detail-stack-status-change.html
        """
        named = globs("stack_names", stack_names)
        ids: list[Any] | None = named and [{"wildcard": f"*:stack/{name}/*"} for name in named]
        return IncidentEvent(
            "aws.cloudformation",
            "CloudFormation Stack Status Change",
            detail={
                **nested("status-details.status", _STUCK + (_ROLLED_BACK if include_rolled_back else [])),
                **nested("stack-id", ids or None),
            },
            impact=Impact.MEDIUM,
            title="Stack {detail.status-details.status}: {detail.stack-id}",
            related_items=[
                console(
                    "cloudformation/home?region={region}#/stacks/events?stackId={detail.stack-id}",
                    "Events of the stack",
                )
            ],
        )

    @staticmethod
    def ecs_deployment_failure(*, service_arns: Sequence[str] | None = None) -> IncidentEvent:
        """A deployment of an ECS service has failed.

        The event does not name its service but by ARN: give a rule for one service a title of its own.

        Args:
            service_arns: the services. By default all.

        See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
        """
        return IncidentEvent(
            "aws.ecs",
            "ECS Deployment State Change",
            detail={"eventName": ["SERVICE_DEPLOYMENT_FAILED"]},
            resources=arns("service_arns", service_arns) or [],
            impact=Impact.MEDIUM,
            title="ECS deployment has failed: {detail.reason}",
            related_items=[console("ecs/v2/clusters?region={region}", "Clusters in the console")],
            needs="the deployment circuit breaker or deployment alarms of the service",
        )
