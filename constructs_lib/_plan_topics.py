"""Topics that a plan tells: each must let Incident Manager publish, or the plan is refused."""

from collections.abc import Sequence

from aws_cdk import Annotations, aws_iam as iam
from aws_cdk.interfaces.aws_sns import ITopicRef
from constructs import Construct, IDependable

_PRINCIPAL = "ssm-incidents.amazonaws.com"


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
                "cdk-incident-starter:topicOfOthers",
                f"the policy of {topic.node.path} is not the plan's to write: it must let {_PRINCIPAL} "
                "publish to that topic, or AWS refuses the plan",
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
