"""SNS topics that start incidents."""

from collections.abc import Sequence

import jsii
from aws_cdk import aws_sns as sns

from ._response_plans import AnyResponsePlan
from .impact import Impact
from .incident_details import IncidentDetails
from .related_item import RelatedItem
from .starter_interface import IIncidentStarter, checked_starter, subscribed_topics


@jsii.implements(sns.ITopicSubscription)
class IncidentSubscription:
    """An SNS subscription that starts an incident for every alarm that notifies the topic.

    For alarms whose actions cannot be changed but already notify a topic. Messages that are no
    CloudWatch alarm start nothing and end in the starter's failure queue. What an alarm's own
    description says beats what the subscription says.

    See https://docs.aws.amazon.com/sns/latest/dg/sns-lambda-as-subscriber.html
    """

    def __init__(
        self,
        starter: IIncidentStarter,
        *,
        impact: Impact | None = None,
        title: str | None = None,
        related_items: Sequence[RelatedItem] | None = None,
        response_plan: AnyResponsePlan | None = None,
    ) -> None:
        """Make a subscription.

        Args:
            starter: starts the incidents.
            impact: how much it hurts. By default the starter's impact.
            title: a template of at most 200 characters. By default the starter's title.
            related_items: added before the starter's own.
            response_plan: another plan than the starter's. The starter may start it from then on.

        Raises:
            ValueError: a value is not allowed.
        """
        self._starter = checked_starter(starter)
        with starter.naming_this_construct():
            self._details = IncidentDetails(
                impact=impact, title=title, related_items=related_items, response_plan=response_plan
            )
        if response_plan is not None:
            starter.allow_plan(response_plan)

    def bind(self, topic: sns.ITopic) -> sns.TopicSubscriptionConfig:
        """Subscribe the starter's function to the topic.

        Raises:
            ValueError: the starter belongs to another app and cannot take details of a topic.
        """
        details = self._details.to_request()
        subscribed_topics[topic.topic_arn] = self._starter
        self._starter.allow_topic(topic.topic_arn, details)
        return sns.TopicSubscriptionConfig(
            protocol=sns.SubscriptionProtocol.LAMBDA,
            endpoint=self._starter.function.function_arn,
            subscriber_id=f"Subscription{(topic if details else self._starter).node.addr}",
            # Details make the function's stack refer to the topic, so the subscription must stand there too.
            subscriber_scope=self._starter if details else None,
        )
