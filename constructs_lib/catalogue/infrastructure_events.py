"""Events of infrastructure: instances, databases and backups."""

from collections.abc import Sequence
from typing import Literal

from constructs_lib.impact import Impact
from constructs_lib.related_item import RelatedItem

from .console import console
from .incident_event import IncidentEvent
from .narrowing import choices, ids, names, said

InstanceState = Literal["pending", "running", "shutting-down", "stopped", "stopping", "terminated"]
BackupState = Literal["ABORTED", "EXPIRED", "FAILED", "PARTIAL"]


class InfrastructureEvents:
    """Auto Scaling, EC2, RDS and Backup."""

    @staticmethod
    def auto_scaling_launch_failure(*, groups: Sequence[str] | None = None) -> IncidentEvent:
        """A group could not launch an instance.

        It tries again, and each attempt that fails starts an incident.

        Args:
            groups: names of Auto Scaling groups. By default all.

        See https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-event-reference.html
        """
        return IncidentEvent(
            "aws.autoscaling",
            "EC2 Instance Launch Unsuccessful",
            detail=said(AutoScalingGroupName=names("groups", groups)),
            impact=Impact.MEDIUM,
            title="{detail.AutoScalingGroupName} cannot launch an instance: {detail.StatusMessage}",
            related_items=[
                console(
                    "ec2/home?region={region}#AutoScalingGroupDetails:id={detail.AutoScalingGroupName};view=activity",
                    "Activity of the group",
                )
            ],
        )

    @staticmethod
    def ec2_instance_state(
        instance_ids: Sequence[str], *, states: Sequence[InstanceState] = ("stopped", "terminated")
    ) -> IncidentEvent:
        """An instance that should run does not.

        Args:
            instance_ids: the instances; all of an account change their states all the time.
            states: pending, running, shutting-down, stopped, stopping, terminated. By default stopped and
                terminated.

        See https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html
        """
        return IncidentEvent(
            "aws.ec2",
            "EC2 Instance State-change Notification",
            detail={
                "instance-id": ids("instance_ids", instance_ids, "i-"),
                "state": choices("states", states, InstanceState),
            },
            impact=Impact.MEDIUM,
            title="Instance {detail.instance-id} is {detail.state}",
            related_items=[_instance()],
        )

    @staticmethod
    def ec2_spot_interruption(*, instance_ids: Sequence[str] | None = None) -> IncidentEvent:
        """EC2 takes a spot instance back in two minutes.

        The ARN in such an event names a zone where the Region belongs: no related item is made of it.

        Args:
            instance_ids: the instances. By default all.

        See https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
        """
        return IncidentEvent(
            "aws.ec2",
            "EC2 Spot Instance Interruption Warning",
            detail=said(**{"instance-id": ids("instance_ids", instance_ids, "i-")}),
            impact=Impact.NO_IMPACT,
            title="Spot instance {detail.instance-id}: {detail.instance-action} in two minutes",
            related_items=[_instance()],
        )

    @staticmethod
    def rds_instance_event(
        *,
        instances: Sequence[str] | None = None,
        categories: Sequence[str] = ("failover", "failure", "low storage"),
        event_ids: Sequence[str] | None = None,
    ) -> IncidentEvent:
        """A database instance of RDS has failed, fails over or runs out of storage.

        A failover tells of its start and its end, which is two incidents; event ids tell them apart.

        Args:
            instances: identifiers of instances. By default all.
            categories: of events, in RDS's spelling. By default failover, failure and low storage.
            event_ids: such as ``RDS-EVENT-0089``. By default all of the categories.

        See https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html
        """
        return _rds("RDS DB Instance Event", "instances", instances, categories, event_ids)

    @staticmethod
    def rds_cluster_event(
        *,
        clusters: Sequence[str] | None = None,
        categories: Sequence[str] = ("failover", "failure"),
        event_ids: Sequence[str] | None = None,
    ) -> IncidentEvent:
        """A database cluster of RDS or Aurora has failed or fails over.

        A failover tells of its start and its end, which is two incidents; event ids tell them apart.

        Args:
            clusters: identifiers of clusters. By default all.
            categories: of events, in RDS's spelling. By default failover and failure.
            event_ids: such as ``RDS-EVENT-0069``. By default all of the categories.

        See https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.Messages.html
        """
        return _rds("RDS DB Cluster Event", "clusters", clusters, categories, event_ids)

    @staticmethod
    def backup_job_failure(
        *,
        vaults: Sequence[str] | None = None,
        resource_types: Sequence[str] | None = None,
        states: Sequence[BackupState] = ("EXPIRED", "FAILED"),
    ) -> IncidentEvent:
        """A backup job has ended without a backup. AWS Backup tells of it within about five minutes.

        Args:
            vaults: names of vaults. By default all.
            resource_types: such as ``RDS`` or ``EBS``. By default all.
            states: ABORTED, EXPIRED, FAILED, PARTIAL. By default expired (it did not start in time) and
                failed.

        See https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
        """
        return IncidentEvent(
            "aws.backup",
            "Backup Job State Change",
            detail=said(
                state=choices("states", states, BackupState),
                backupVaultName=names("vaults", vaults),
                resourceType=names("resource_types", resource_types),
            ),
            impact=Impact.LOW,
            title="Backup {detail.state}: {detail.resourceArn}",
            related_items=[
                console(
                    "backup/home?region={region}#/jobs/backup/details/{detail.backupJobId}",
                    "Job in AWS Backup",
                )
            ],
        )


def _rds(
    detail_type: str,
    argument: str,
    identifiers: Sequence[str] | None,
    categories: Sequence[str],
    event_ids: Sequence[str] | None,
) -> IncidentEvent:
    is_cluster = "true" if argument == "clusters" else "false"
    return IncidentEvent(
        "aws.rds",
        detail_type,
        detail=said(
            EventCategories=names("categories", categories),
            SourceIdentifier=names(argument, identifiers),
            EventID=ids("event_ids", event_ids, "RDS-EVENT-"),
        ),
        impact=Impact.HIGH,
        title="RDS {detail.SourceIdentifier}: {detail.Message}",
        related_items=[
            console(
                f"rds/home?region={{region}}#database:id={{detail.SourceIdentifier}};is-cluster={is_cluster}",
                "Database in RDS",
            )
        ],
    )


def _instance() -> RelatedItem:
    return console(
        "ec2/home?region={region}#InstanceDetails:instanceId={detail.instance-id}", "Instance in EC2"
    )
