"""Related items that follow from the alarm or event; a metric is its console page."""

from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from itertools import chain
from typing import NamedTuple
from urllib.parse import quote

from .texts import entries, mapping, one_line, text
from .triggers import Trigger

_quoted = lru_cache(maxsize=256)(partial(quote, safe="", errors="replace"))
_MOST = 20  # entries read from one list
_DOMAINS = {"aws-cn": "console.amazonaws.cn", "aws-us-gov": "console.amazonaws-us-gov.com"}
_ARNS = {
    "BucketName": "s3:::{}",
    "ClusterName": "ecs:{place}:cluster/{}",
    "DBInstanceIdentifier": "rds:{place}:db:{}",
    "FunctionName": "lambda:{place}:function:{}",
    "InstanceId": "ec2:{place}:instance/{}",
    "LoadBalancer": "elasticloadbalancing:{place}:loadbalancer/{}",
    "QueueName": "sqs:{place}:{}",
    "ServiceName": "ecs:{place}:service/{}",
    "TableName": "dynamodb:{place}:table/{}",
    "TopicName": "sns:{place}:{}",
}


class Derived(NamedTuple):
    """One item that nobody has checked."""

    type: str
    kind: str
    target: str
    title: str


def derived(trigger: Trigger) -> Iterator[Derived]:
    """Yield a trigger's items, the most telling first."""
    configuration, name = trigger.configuration, trigger.values["alarm_name"]
    if configuration is None:
        told = mapping(trigger.values.get("detail")).values()
        arns = [found for found in map(text, told) if found.startswith("arn:")]
        for arn in [*map(text, trigger.resources), *arns][:_MOST]:
            yield _resource(f"Resource {arn.split(':', 5)[-1]}", arn)
        return
    yield _resource(f"Alarm {name}", trigger.arn)
    _, partition, _, region, account, *_ = (*trigger.arn.split(":"), *[""] * 5)
    region = _escaped(region)  # a part of a host's name
    domain = _DOMAINS.get(partition, "console.aws.amazon.com")
    page = f"https://{region}.{domain}/cloudwatch/home?region={region}"
    yield Derived("OTHER", "url", f"{page}#alarmsV2:alarm/{_quoted(name[:1000])}", "Alarm in the console")
    involved = list(named("", trigger.attributes, partition, f"{region}:{account}"))
    for query in map(mapping, entries(configuration.get("metrics"))[:_MOST]):
        metric = mapping(mapping(query.get("metricStat")).get("metric"))
        if metric:
            namespace, measured = text(metric.get("namespace")), text(metric.get("name"))
            dimensions = mapping(metric.get("dimensions"))
            words = (namespace, measured, *map(text, chain.from_iterable(dimensions.items())))
            link = f"{page}#metricsV2:graph=~(metrics~(~({_graph(words)}))~region~'{region})"
            yield Derived("METRIC", "url", link, one_line(f"Metric {measured}"))
            place = f"{region}:{text(query.get('accountId')) or account}"
            involved += named(namespace, dimensions, partition, place)
    yield from involved


def named(namespace: str, dimensions: Mapping[str, object], partition: str, place: str) -> Iterator[Derived]:
    """Yield the resources that well-known dimensions name; `place` is `REGION:ACCOUNT`."""
    is_ecs = namespace in {"AWS/ECS", "ECS/ContainerInsights"}
    for dimension, found in dimensions.items():
        name = title = text(found)
        if dimension in {"ClusterName", "ServiceName"} and (not is_ecs or not name):
            continue
        if dimension == "ServiceName":
            name = f"{text(dimensions.get('ClusterName'))}/{name}"
        if dimension == "StateMachineArn":
            yield _resource(title.rpartition(":")[2], name)
        elif dimension in _ARNS and name:
            yield _resource(title, f"arn:{partition}:{_ARNS[dimension].format(name, place=place)}")


def _resource(title: str, arn: str) -> Derived:
    return Derived("INVOLVED_RESOURCE", "arn", arn, one_line(title))


@lru_cache(maxsize=16)
def _graph(words: tuple[str, ...]) -> str:
    return "".join([f"~'{_escaped(word[:255])}" for word in words])


@lru_cache(maxsize=256)
def _escaped(word: str) -> str:
    """Write a word in the notation of the console's addresses."""
    return _quoted(word).replace("~", "%7E").replace("%", "*")
