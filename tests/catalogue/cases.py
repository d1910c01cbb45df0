"""Each event of the catalogue: what it becomes, and what is nearly it and must start nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from constructs_lib import Impact, IncidentEvent, IncidentEvents
from constructs_lib.catalogue.event_samples import sample_event

if TYPE_CHECKING:
    from collections.abc import Mapping

ACCOUNT, REGION = "123456789012", "us-east-1"
HERE = f"{REGION}:{ACCOUNT}"
CONSOLE = f"https://{REGION}.console.aws.amazon.com/"


class Case(NamedTuple):
    event: IncidentEvent
    """Narrowed to what its sample is about."""

    impact: Impact
    title: str
    links: tuple[str, ...]
    arns: tuple[str, ...]
    misses: tuple[Mapping[str, Any], ...]
    """Changes of the sample, each of which makes it an event that must start nothing."""


def sample(name: str, **changes: Any) -> dict[str, Any]:
    """The sample of an event, with members changed: `__` stands for a dot, None takes a member away."""
    event = sample_event(name, account=ACCOUNT, region=REGION)
    for path, value in changes.items():
        *holders, last = path.split("__")
        holder: Any = event
        for step in holders:
            holder = holder[int(step) if step.isdecimal() else step]
        holder[int(last) if last.isdecimal() else last] = value
    return event


_INSTANCE = "i-0a1b2c3d4e5f60718"
_KEY = "0a1b2c3d-4e5f-4607-8899-aabbccddeeff"
_STACK = f"arn:aws:cloudformation:{HERE}:stack/prod-shop/6d5c4b3a-2918-4706-b5a4-938271605f4e"
_EXECUTION = f"arn:aws:states:{HERE}:execution:orders:9c8b7a69-5847-4362-9150-4f3e2d1c0b9a"

CASES: dict[str, Case] = {
    "guard_duty_finding": Case(
        IncidentEvents.guard_duty_finding(below_severity=9, types=["UnauthorizedAccess:*"]),
        Impact.HIGH,
        f"GuardDuty: SSH brute force attack on {_INSTANCE}",
        (f"guardduty/home?region={REGION}#/findings?fId=16afba5c5c43e07c9e3e5e2e544e95df",),
        (
            (
                f"arn:aws:guardduty:{HERE}:detector/a0b1c2d3e4f5061728394a5b6c7d8e9f"
                "/finding/16afba5c5c43e07c9e3e5e2e544e95df"
            ),
        ),
        (
            {"detail__severity": 6.9},
            {"detail__severity": 9},
            {"detail__type": "Recon:EC2/PortProbeUnprotectedPort"},
            {"detail__service__archived": True},
            {"detail-type": "GuardDuty Runtime Protection Unhealthy"},
        ),
    ),
    "security_hub_finding": Case(
        IncidentEvents.security_hub_finding(except_products=["GuardDuty"]),
        Impact.HIGH,
        f"Security Hub: S3 general purpose buckets should block public access in {ACCOUNT}",
        (f"securityhub/home?region={REGION}#/findings",),
        (),
        (
            {"detail__findings__0__Severity": {"Label": "HIGH"}},
            {"detail__findings__0__ProductName": "GuardDuty"},
            {"detail__findings__0__Workflow": {"Status": "NOTIFIED"}},
            {"detail__findings__0__RecordState": "ARCHIVED"},
            {"detail-type": "Findings Imported V2"},
        ),
    ),
    "root_sign_in": Case(
        IncidentEvents.root_sign_in(),
        Impact.HIGH,
        f"Root sign-in to {ACCOUNT} from 203.0.113.7",
        (f"cloudtrailv2/home?region={REGION}#/events/7a6b5c4d-3e2f-4105-9687-a1b2c3d4e5f6",),
        (),
        (
            {"detail__userIdentity__type": "IAMUser"},
            {"detail__responseElements__ConsoleLogin": "Failure"},
            {"detail__eventName": "PasswordRecoveryRequested"},
        ),
    ),
    "kms_key_deletion": Case(
        IncidentEvents.kms_key_deletion(key_arns=[f"arn:aws:kms:{HERE}:key/{_KEY}"]),
        Impact.HIGH,
        f"KMS ScheduleKeyDeletion: {_KEY} by arn:aws:iam::{ACCOUNT}:user/hasty",
        (
            f"kms/home?region={REGION}#/kms/keys/{_KEY}",
            f"cloudtrailv2/home?region={REGION}#/events/2b3c4d5e-6f70-4182-93a4-b5c6d7e8f901",
        ),
        (),
        (
            {"detail__errorCode": "AccessDenied"},
            {"detail__eventName": "CancelKeyDeletion"},
            {"detail__eventName": "DisableKey"},
            {"detail__resources__0__ARN": f"arn:aws:kms:{HERE}:key/another"},
        ),
    ),
    "health_event": Case(
        IncidentEvents.health_event(services=["EC2"], event_type_codes=["AWS_EC2_OPERATIONAL_ISSUE"]),
        Impact.MEDIUM,
        f"AWS Health: AWS_EC2_OPERATIONAL_ISSUE in {REGION}",
        (
            (
                f"https://health.aws.amazon.com/health/home#/account/event-log?eventID=arn:aws:health:{REGION}::event"
                "%2FEC2%2FAWS_EC2_OPERATIONAL_ISSUE%2FAWS_EC2_OPERATIONAL_ISSUE_SAMPLE_1"
            ),
        ),
        (),
        (
            {"detail__service": "RDS"},
            {"detail__eventTypeCategory": "scheduledChange"},
            {"detail__statusCode": "closed"},
            {"detail__eventTypeCode": "AWS_EC2_API_ISSUE"},
            {"detail-type": "AWS Health Abuse Event"},
        ),
    ),
    "trusted_advisor_check": Case(
        IncidentEvents.trusted_advisor_check(checks=["Security Groups - Specific Ports Unrestricted"]),
        Impact.LOW,
        "Trusted Advisor: Security Groups - Specific Ports Unrestricted is ERROR",
        ("trustedadvisor/home#/dashboard",),
        (f"arn:aws:ec2:eu-west-1:{ACCOUNT}:security-group/sg-0a1b2c3d4e5f60718",),
        ({"detail__status": "WARN"}, {"detail__check-name": "Low Utilization Amazon EC2 Instances"}),
    ),
    "acm_certificate_expiry": Case(
        IncidentEvents.acm_certificate_expiry(
            certificate_arns=[f"arn:aws:acm:{HERE}:certificate/3f4e5d6c-7b8a-4990-8a1b-2c3d4e5f6a7b"]
        ),
        Impact.MEDIUM,
        "Certificate of shop.example.com expires in 7 days",
        (f"acm/home?region={REGION}#/certificates/list",),
        (f"arn:aws:acm:{HERE}:certificate/3f4e5d6c-7b8a-4990-8a1b-2c3d4e5f6a7b",),
        (
            {"detail__DaysToExpiry": 45},
            {"detail__DaysToExpiry": 8},
            {"resources": [f"arn:aws:acm:{HERE}:certificate/another"]},
            {"detail-type": "ACM Certificate Available"},
        ),
    ),
    "code_pipeline_failure": Case(
        IncidentEvents.code_pipeline_failure(pipelines=["release"]),
        Impact.LOW,
        "Pipeline release has failed",
        (
            (
                "codesuite/codepipeline/pipelines/release/executions/01234567-89ab-4cde-8f01-23456789abcd"
                f"/timeline?region={REGION}"
            ),
        ),
        (f"arn:aws:codepipeline:{HERE}:release",),
        (
            {"detail__state": "SUCCEEDED"},
            {"detail__pipeline": "nightly"},
            {"detail-type": "CodePipeline Stage Execution State Change"},
        ),
    ),
    "code_deploy_failure": Case(
        IncidentEvents.code_deploy_failure(applications=["shop"], deployment_groups=["production"]),
        Impact.MEDIUM,
        "Deployment of shop to production: FAILURE",
        (f"codesuite/codedeploy/deployments/d-A1B2C3D4E?region={REGION}",),
        (f"arn:aws:codedeploy:{HERE}:application:shop",),
        (
            {"detail__state": "SUCCESS"},
            {"detail__state": "STOP"},
            {"detail__application": "till"},
            {"detail__deploymentGroup": "staging"},
        ),
    ),
    "cloud_formation_failure": Case(
        IncidentEvents.cloud_formation_failure(stack_names=["prod-*"]),
        Impact.MEDIUM,
        f"Stack UPDATE_ROLLBACK_FAILED: {_STACK}",
        (
            (
                f"cloudformation/home?region={REGION}#/stacks/events?stackId=arn:aws:cloudformation:{HERE}:stack"
                "%2Fprod-shop%2F6d5c4b3a-2918-4706-b5a4-938271605f4e"
            ),
        ),
        (_STACK,),
        (
            {"detail__status-details__status": "UPDATE_COMPLETE"},
            {"detail__status-details__status": "UPDATE_ROLLBACK_IN_PROGRESS"},
            {"detail__stack-id": f"arn:aws:cloudformation:{HERE}:stack/dev-shop/6d5c4b3a"},
        ),
    ),
    "ecs_deployment_failure": Case(
        IncidentEvents.ecs_deployment_failure(service_arns=[f"arn:aws:ecs:{HERE}:service/shop/checkout"]),
        Impact.MEDIUM,
        "ECS deployment has failed: ECS deployment circuit breaker: task failed to start.",
        (f"ecs/v2/clusters?region={REGION}",),
        (f"arn:aws:ecs:{HERE}:service/shop/checkout",),
        (
            {"detail__eventName": "SERVICE_DEPLOYMENT_COMPLETED", "detail__eventType": "INFO"},
            {"resources": [f"arn:aws:ecs:{HERE}:service/shop/search"]},
        ),
    ),
    "ecs_task_stopped": Case(
        IncidentEvents.ecs_task_stopped(
            cluster_arns=[f"arn:aws:ecs:{HERE}:cluster/shop"], services=["checkout"]
        ),
        Impact.MEDIUM,
        "ECS task of service:checkout has stopped: Essential container in task exited",
        (f"ecs/v2/clusters?region={REGION}",),
        (
            f"arn:aws:ecs:{HERE}:task/shop/0a1b2c3d4e5f60718293a4b5c6d7e8f9",
            f"arn:aws:ecs:{HERE}:cluster/shop",
            f"arn:aws:ecs:{HERE}:task-definition/checkout:7",
        ),
        (
            {"detail__lastStatus": "RUNNING"},
            {"detail__stopCode": "ServiceSchedulerInitiated"},
            {"detail__group": "service:search"},
            {"detail__clusterArn": f"arn:aws:ecs:{HERE}:cluster/test"},
        ),
    ),
    "step_functions_failure": Case(
        IncidentEvents.step_functions_failure(
            state_machine_arns=[f"arn:aws:states:{HERE}:stateMachine:orders"]
        ),
        Impact.MEDIUM,
        f"Execution FAILED: arn:aws:states:{HERE}:stateMachine:orders",
        (f"states/home?region={REGION}#/v2/executions/details/{_EXECUTION}",),
        (_EXECUTION, f"arn:aws:states:{HERE}:stateMachine:orders"),
        (
            {"detail__status": "SUCCEEDED"},
            {"detail__status": "ABORTED"},
            {"detail__stateMachineArn": f"arn:aws:states:{HERE}:stateMachine:search"},
        ),
    ),
    "batch_job_failure": Case(
        IncidentEvents.batch_job_failure(
            job_queue_arns=[f"arn:aws:batch:{HERE}:job-queue/nightly"], jobs=["nightly-invoices"]
        ),
        Impact.LOW,
        "Batch job nightly-invoices has failed: Essential container in task exited",
        (f"batch/home?region={REGION}#jobs/detail/4c5d6e7f-8091-4a2b-83c4-d5e6f708192a",),
        (
            f"arn:aws:batch:{HERE}:job/4c5d6e7f-8091-4a2b-83c4-d5e6f708192a",
            f"arn:aws:batch:{HERE}:job-queue/nightly",
        ),
        (
            {"detail__status": "SUCCEEDED"},
            {"detail__jobName": "hourly"},
            {"detail__jobQueue": f"arn:aws:batch:{HERE}:job-queue/test"},
        ),
    ),
    "glue_job_failure": Case(
        IncidentEvents.glue_job_failure(jobs=["load-orders"]),
        Impact.LOW,
        "Glue job load-orders FAILED: Command failed with exit code 1",
        (
            (
                f"gluestudio/home?region={REGION}#/job/load-orders/run/"
                "jr_0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9"
            ),
        ),
        (),
        (
            {"detail__state": "SUCCEEDED"},
            {"detail__state": "STOPPED"},
            {"detail__jobName": "load-customers"},
            {"detail-type": "Glue Job Run Status"},
        ),
    ),
    "auto_scaling_launch_failure": Case(
        IncidentEvents.auto_scaling_launch_failure(groups=["web"]),
        Impact.MEDIUM,
        "web cannot launch an instance: There is no Spot capacity available.",
        (f"ec2/home?region={REGION}#AutoScalingGroupDetails:id=web;view=activity",),
        (
            (
                f"arn:aws:autoscaling:{HERE}:autoScalingGroup:6e7f8091-a2b3-4c4d-85e6-f708192a3b4c:"
                "autoScalingGroupName/web"
            ),
        ),
        (
            {"detail__AutoScalingGroupName": "workers"},
            {"detail-type": "EC2 Instance Launch Successful", "detail__StatusCode": "InProgress"},
        ),
    ),
    "ec2_instance_state": Case(
        IncidentEvents.ec2_instance_state([_INSTANCE]),
        Impact.MEDIUM,
        f"Instance {_INSTANCE} is stopped",
        (f"ec2/home?region={REGION}#InstanceDetails:instanceId={_INSTANCE}",),
        (f"arn:aws:ec2:{HERE}:instance/{_INSTANCE}",),
        ({"detail__state": "running"}, {"detail__instance-id": "i-another"}),
    ),
    "ec2_spot_interruption": Case(
        IncidentEvents.ec2_spot_interruption(instance_ids=[_INSTANCE]),
        Impact.NO_IMPACT,
        f"Spot instance {_INSTANCE}: terminate in two minutes",
        (f"ec2/home?region={REGION}#InstanceDetails:instanceId={_INSTANCE}",),
        (),
        (
            {"detail__instance-id": "i-another"},
            {"detail-type": "EC2 Instance Rebalance Recommendation"},
        ),
    ),
    "rds_instance_event": Case(
        IncidentEvents.rds_instance_event(instances=["orders"]),
        Impact.HIGH,
        "RDS orders: The free storage of DB instance orders is low at 4% of the provisioned storage.",
        (f"rds/home?region={REGION}#database:id=orders;is-cluster=false",),
        (f"arn:aws:rds:{HERE}:db:orders",),
        (
            {"detail__EventCategories": ["backup"]},
            {"detail__SourceIdentifier": "reports"},
            {"detail-type": "RDS DB Snapshot Event"},
        ),
    ),
    "rds_cluster_event": Case(
        IncidentEvents.rds_cluster_event(clusters=["orders"], event_ids=["RDS-EVENT-0069"]),
        Impact.HIGH,
        "RDS orders: Cluster failover failed, check the health of your cluster instances and try again.",
        (f"rds/home?region={REGION}#database:id=orders;is-cluster=true",),
        (f"arn:aws:rds:{HERE}:cluster:orders",),
        (
            {"detail__EventID": "RDS-EVENT-0071"},
            {"detail__EventCategories": ["maintenance"]},
            {"detail__SourceIdentifier": "reports"},
        ),
    ),
    "backup_job_failure": Case(
        IncidentEvents.backup_job_failure(vaults=["nightly"], resource_types=["DynamoDB"]),
        Impact.LOW,
        f"Backup FAILED: arn:aws:dynamodb:{HERE}:table/orders",
        (f"backup/home?region={REGION}#/jobs/backup/details/6F7A8B9C-0D1E-4F2A-8B3C-4D5E6F708192",),
        (f"arn:aws:backup:{HERE}:backup-vault:nightly", f"arn:aws:dynamodb:{HERE}:table/orders"),
        (
            {"detail__state": "COMPLETED"},
            {"detail__backupVaultName": "weekly"},
            {"detail__resourceType": "EBS"},
            {"detail-type": "Copy Job State Change"},
        ),
    ),
}
