"""Topics that a plan tells: each must let Incident Manager publish, or the plan is refused."""

from collections.abc import Sequence

from aws_cdk import Annotations, aws_iam as iam
from aws_cdk.interfaces.aws_sns import ITopicRef
from constructs import Construct, IDependable

from ._checks import check_list
from ._plan_checks import check_distinct, check_member

_PRINCIPAL = "ssm-incidents.amazonaws.com"


def topic_arns(name: str, topics: Sequence[ITopicRef] | None, *path: str) -> list[str]:
    """The ARNs of topics, each once, as many as the service takes.

    Raises:
        ValueError: one is no topic, too many are there, or one twice.
    """
    arns = []
    for topic in check_list(name, topics or (), "topics"):
        reference = getattr(topic, "topic_ref", None)
        if reference is None:
            message = (
                f"{name}: got {topic!r} of type {type(topic).__name__}, a topic is needed, such as sns.Topic "
                "or sns.Topic.from_topic_arn(...)"
            )
            raise ValueError(message)
        arns.append(str(reference.topic_arn))
    check_distinct(name, arns, *path)
    return [check_member(name, arn, "chatChannel", "chatbotSns", "[]") for arn in arns]


def let_incident_manager_publish(
    plan: Construct, topics: Sequence[ITopicRef], account: str
) -> list[IDependable]:
    """Write into the policies of the topics, and of their keys, that Incident Manager may publish.

    See https://docs.aws.amazon.com/incident-manager/latest/userguide/chat.html

    Returns:
        What must be there before the plan: the service publishes a message when it is made, to see whether it
        may.
    """
    policies = []
    for arn, topic in {str(topic.topic_ref.topic_arn): topic for topic in topics}.items():
        policy = _allowed(topic, arn, account)
        if policy is None:
            Annotations.of(plan).add_warning_v2(
                f"cdk-incident-starter:topicOfOthers:{arn}",
                f"the policy of the topic {arn} is not this construct's to write: it must let {_PRINCIPAL} "
                "publish, or the plan is refused",
            )
        else:
            policies.append(policy)
            if (key := getattr(topic, "master_key", None)) is not None:
                key.add_to_resource_policy(
                    iam.PolicyStatement(
                        principals=[iam.ServicePrincipal(_PRINCIPAL)],
                        actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                        resources=["*"],
                    ),
                    True,  # noqa: FBT003 - CDK's allow_no_op: a key of others is theirs to open
                )
    return policies


def _allowed(topic: ITopicRef, arn: str, account: str) -> IDependable | None:
    """Let Incident Manager publish, and tell what does; nothing if the topic's policy is not ours."""
    add_to_policy = getattr(topic, "add_to_resource_policy", None)
    if add_to_policy is None:
        return None
    added: iam.AddToResourcePolicyResult = add_to_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal(_PRINCIPAL)],
            actions=["sns:Publish"],
            resources=[arn],
            # As AWS documents it: not every message that the service publishes names an account.
            conditions={"StringEqualsIfExists": {"aws:SourceAccount": account}},
        )
    )
    return added.policy_dependable if added.statement_added else None
