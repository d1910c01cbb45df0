"""Resources that a metric's well-known dimensions name.

A name becomes an ARN only where the name is all that the ARN needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Place(NamedTuple):
    """Where a resource is."""

    partition: str
    region: str
    account: str


_ARNS = {
    "ApiId": "apigateway:{region}::/apis/{name}",
    "BucketName": "s3:::{name}",
    "CacheClusterId": "elasticache:{region}:{account}:cluster:{name}",
    "DBClusterIdentifier": "rds:{region}:{account}:cluster:{name}",
    "DBInstanceIdentifier": "rds:{region}:{account}:db:{name}",
    "DeliveryStreamName": "firehose:{region}:{account}:deliverystream/{name}",
    "DistributionId": "cloudfront::{account}:distribution/{name}",
    "FileSystemId": "elasticfilesystem:{region}:{account}:file-system/{name}",
    "FunctionName": "lambda:{region}:{account}:function:{name}",
    "InstanceId": "ec2:{region}:{account}:instance/{name}",
    "LoadBalancer": "elasticloadbalancing:{region}:{account}:loadbalancer/{name}",
    "LogGroupName": "logs:{region}:{account}:log-group:{name}",
    "NatGatewayId": "ec2:{region}:{account}:natgateway/{name}",
    "QueueName": "sqs:{region}:{account}:{name}",
    "TableName": "dynamodb:{region}:{account}:table/{name}",
    "TargetGroup": "elasticloadbalancing:{region}:{account}:{name}",
    "TopicName": "sns:{region}:{account}:{name}",
    "VolumeId": "ec2:{region}:{account}:volume/{name}",
}
_ARNS_OF = {
    ("AWS/Events", "RuleName"): "events:{region}:{account}:rule/{name}",
    ("AWS/Kinesis", "StreamName"): "kinesis:{region}:{account}:stream/{name}",
    ("ContainerInsights", "ClusterName"): "eks:{region}:{account}:cluster/{name}",
}
_ECS = frozenset(("AWS/ECS", "ECS/ContainerInsights"))


def named(namespace: str, dimensions: Mapping[str, object], place: Place) -> Iterator[tuple[str, str]]:
    """Yield a title and an ARN for each resource that the dimensions name."""
    for dimension, name in dimensions.items():
        if not isinstance(name, str) or not name:
            continue
        if dimension == "StateMachineArn":
            yield name.rpartition(":")[2], name
            continue
        form = _ARNS.get(dimension) or _ARNS_OF.get((namespace, dimension))
        if form is not None:
            yield name, _arn(form, name, place)
    if namespace in _ECS:
        yield from _container_service(dimensions, place)


def _container_service(dimensions: Mapping[str, object], place: Place) -> Iterator[tuple[str, str]]:
    cluster, service = dimensions.get("ClusterName"), dimensions.get("ServiceName")
    if isinstance(cluster, str) and isinstance(service, str):
        form = "ecs:{region}:{account}:service/{name}"
        yield service, _arn(form, f"{cluster}/{service}", place)
    elif isinstance(cluster, str):
        yield cluster, _arn("ecs:{region}:{account}:cluster/{name}", cluster, place)


def _arn(form: str, name: str, place: Place) -> str:
    rest = form.format(region=place.region, account=place.account, name=name)
    return f"arn:{place.partition}:{rest}"
