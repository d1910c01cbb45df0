"""A metric in the words of a CloudWatch graph's Source.

CDK's ``GraphWidget`` renders the same words, but as objects that only a template can resolve; a
related item is one text.
"""

import json
from typing import Any

from aws_cdk import Aws, aws_cloudwatch as cloudwatch


def graph_source(metric: cloudwatch.IMetric) -> str:
    """The JSON text of a graph that shows the metric.

    See https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Metric-Widget-Structure.html
    """
    if not hasattr(metric, "to_metric_config"):
        message = f"metric: got {metric!r} of type {type(metric).__name__}, a CDK metric is needed"
        raise ValueError(message)
    source = {"view": "timeSeries", "region": Aws.REGION, "metrics": _rows(metric, {})}
    return json.dumps(source, separators=(",", ":"))


def _rows(metric: cloudwatch.IMetric, options: dict[str, Any]) -> list[list[Any]]:
    config = metric.to_metric_config()
    labelled = {**(config.rendering_properties or {}), **options}
    if config.math_expression is not None:
        math = config.math_expression
        rows = [[{"expression": math.expression, "period": math.period, **labelled}]]
        for name, used in (math.using_metrics or {}).items():
            rows.extend(_rows(used, {"id": name, "visible": False}))
        return rows
    stat = config.metric_stat
    if stat is None:
        message = f"metric: got {metric!r} with neither a statistic nor an expression, a CDK metric is needed"
        raise ValueError(message)
    where = {"region": stat.region, "accountId": stat.account}
    dimensions = [part for each in stat.dimensions or () for part in (each.name, each.value)]
    shown = {
        "stat": stat.statistic,
        "period": stat.period.to_seconds(),
        **{name: value for name, value in where.items() if value is not None},
        **labelled,
    }
    return [[stat.namespace, stat.metric_name, *dimensions, shown]]
