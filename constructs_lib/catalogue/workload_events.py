"""Events of workloads: tasks, executions and jobs that failed."""

from collections.abc import Sequence
from typing import Literal

from constructs_lib.impact import Impact

from .console import console
from .incident_event import IncidentEvent
from .narrowing import arns, choices, names, said

EcsStopCode = Literal[
    "EssentialContainerExited",
    "ServiceSchedulerInitiated",
    "SpotInterruption",
    "TaskFailedToStart",
    "TerminationNotice",
    "UserInitiated",
]
ExecutionStatus = Literal["ABORTED", "FAILED", "TIMED_OUT"]
GlueState = Literal["FAILED", "STOPPED", "TIMEOUT"]


class WorkloadEvents:
    """ECS tasks, Step Functions, Batch and Glue."""

    @staticmethod
    def ecs_task_stopped(
        *,
        cluster_arns: Sequence[str] | None = None,
        services: Sequence[str] | None = None,
        stop_codes: Sequence[EcsStopCode] = ("EssentialContainerExited", "TaskFailedToStart"),
    ) -> IncidentEvent:
        """A task of ECS has stopped by itself.

        What a deployment, scaling or a person stops does not count. A service starts its tasks again, and
        each that stops starts an incident: name the services where one is too many.

        Args:
            cluster_arns: the clusters. By default all.
            services: names of services. By default all, and tasks without one.
            stop_codes: why it stopped. By default because an essential container exited, whatever its exit
                code, or because it could not start.

        See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
        """
        named = names("services", services)
        return IncidentEvent(
            "aws.ecs",
            "ECS Task State Change",
            detail=said(
                lastStatus=["STOPPED"],
                stopCode=choices("stop_codes", stop_codes, EcsStopCode),
                clusterArn=arns("cluster_arns", cluster_arns),
                group=named and [f"service:{name}" for name in named],
            ),
            impact=Impact.MEDIUM,
            title="ECS task of {detail.group} has stopped: {detail.stoppedReason}",
            related_items=[console("ecs/v2/clusters?region={region}", "Clusters in the console")],
        )

    @staticmethod
    def step_functions_failure(
        *,
        state_machine_arns: Sequence[str] | None = None,
        statuses: Sequence[ExecutionStatus] = ("FAILED", "TIMED_OUT"),
    ) -> IncidentEvent:
        """An execution of a standard state machine has failed; express ones send no events.

        Args:
            state_machine_arns: the state machines. By default all.
            statuses: ABORTED, FAILED, TIMED_OUT. By default the last two.

        See https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
        """
        return IncidentEvent(
            "aws.states",
            "Step Functions Execution Status Change",
            detail=said(
                status=choices("statuses", statuses, ExecutionStatus),
                stateMachineArn=arns("state_machine_arns", state_machine_arns),
            ),
            impact=Impact.MEDIUM,
            title="Execution {detail.status}: {detail.stateMachineArn}",
            related_items=[
                console(
                    "states/home?region={region}#/v2/executions/details/{detail.executionArn}",
                    "Execution in Step Functions",
                )
            ],
        )

    @staticmethod
    def batch_job_failure(
        *, job_queue_arns: Sequence[str] | None = None, jobs: Sequence[str] | None = None
    ) -> IncidentEvent:
        """A job of Batch has failed, its last attempt included.

        Args:
            job_queue_arns: the queues. By default all.
            jobs: names of jobs. By default all.

        See https://docs.aws.amazon.com/batch/latest/userguide/batch_cwe_events.html
        """
        return IncidentEvent(
            "aws.batch",
            "Batch Job State Change",
            detail=said(
                status=["FAILED"],
                jobQueue=arns("job_queue_arns", job_queue_arns),
                jobName=names("jobs", jobs),
            ),
            impact=Impact.LOW,
            title="Batch job {detail.jobName} has failed: {detail.statusReason}",
            related_items=[console("batch/home?region={region}#jobs/detail/{detail.jobId}", "Job in Batch")],
        )

    @staticmethod
    def glue_job_failure(
        *, jobs: Sequence[str] | None = None, states: Sequence[GlueState] = ("FAILED", "TIMEOUT")
    ) -> IncidentEvent:
        """A run of a Glue job has failed; each retry is a run of its own.

        Args:
            jobs: names of jobs. By default all.
            states: FAILED, STOPPED, TIMEOUT. By default all but STOPPED.

        See https://docs.aws.amazon.com/glue/latest/dg/automating-awsglue-with-cloudwatch-events.html
        """
        return IncidentEvent(
            "aws.glue",
            "Glue Job State Change",
            detail=said(state=choices("states", states, GlueState), jobName=names("jobs", jobs)),
            impact=Impact.LOW,
            title="Glue job {detail.jobName} {detail.state}: {detail.message}",
            related_items=[
                console(
                    "gluestudio/home?region={region}#/job/{detail.jobName}/run/{detail.jobRunId}",
                    "Run in Glue",
                )
            ],
        )
