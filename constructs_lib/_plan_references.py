"""What a plan refers to: contacts, topics, the replication set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._checks import check_list, check_text
from ._plan_checks import check_distinct, check_member

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk.interfaces.aws_sns import ITopicRef
    from aws_cdk.interfaces.aws_ssmcontacts import IContactRef


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
        arns.append(check_member(name, reference.topic_arn, "chatChannel", "chatbotSns", "[]"))
    return check_distinct(name, arns, *path)


def contact_arns(engagements: Sequence[IContactRef | str] | None) -> list[str]:
    """The ARNs of contacts and escalation plans, each once, as many as the service takes.

    Raises:
        ValueError: one is none, too many are there, or one twice.
    """
    arns = []
    for contact in check_list("engagements", engagements or (), "contacts"):
        if isinstance(contact, str):
            arn = check_text("engagements", contact)
        elif (reference := getattr(contact, "contact_ref", None)) is not None:
            arn = reference.contact_arn
        else:
            message = (
                f"engagements: got {contact!r} of type {type(contact).__name__}, ARNs and constructs with "
                "contact_ref are needed, such as ssmcontacts.CfnContact of a contact or escalation plan"
            )
            raise ValueError(message)
        arns.append(check_member("engagements", arn, "engagements", "[]"))
    return check_distinct("engagements", arns, "engagements")


def check_replication_set(replication_set: object) -> None:
    """What a plan was given to wait for.

    Raises:
        ValueError: it is no replication set.
    """
    if replication_set is not None and getattr(replication_set, "replication_set_ref", None) is None:
        message = (
            f"replication_set: got {replication_set!r} of type {type(replication_set).__name__}, a construct "
            "with replication_set_ref is needed, such as ssmincidents.CfnReplicationSet, or leave it out"
        )
        raise ValueError(message)
