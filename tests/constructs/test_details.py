"""What a description says, and that the function reads the same."""

import aws_cdk as cdk
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from constructs_lib import Impact, IncidentDetails, RelatedItem, RelatedItemType
from constructs_lib._bundle import trailers
from tests.constructs.apps import OTHER_PLAN, new_stack, plan_with_token_name

LABEL_BY_KIND = {"url": "Link", "arn": "Resource"}


def test_a_description_puts_the_trailers_below_the_text() -> None:
    details = IncidentDetails(
        impact=Impact.NO_IMPACT,
        title="{alarm_name} is up",
        related_items=[
            RelatedItem.url("https://wiki.example.com?a=1&b=2#c", title="Runbook: checkout"),
            RelatedItem.arn("arn:aws:sqs:eu-west-1:111122223333:orders"),
            RelatedItem.arn(
                "arn:aws:ssm:eu-west-1:111122223333:document/x", title="Fix", type=RelatedItemType.AUTOMATION
            ),
            RelatedItem.url("https://tickets.example.com/1", type=RelatedItemType.TASK),
        ],
        response_plan=OTHER_PLAN,
    )

    assert details.description("Nobody can pay.\n\n") == (
        "Nobody can pay.\n"
        "\n"
        "- Impact: 5 - No impact\n"
        "- Title: {alarm_name} is up\n"
        f"- Response plan: {OTHER_PLAN}\n"
        "- Runbook: checkout: https://wiki.example.com?a=1&b=2#c\n"
        "- Resource: arn:aws:sqs:eu-west-1:111122223333:orders\n"
        "- Fix [AUTOMATION]: arn:aws:ssm:eu-west-1:111122223333:document/x\n"
        "- Link [TASK]: https://tickets.example.com/1"
    )


def test_no_details_leave_the_text_alone() -> None:
    assert IncidentDetails().description("Mine.") == "Mine."
    assert IncidentDetails().description() == ""


def test_writing_a_description_changes_nothing_about_the_details() -> None:
    details = IncidentDetails(related_items=[RelatedItem.url("https://wiki.example.com")])
    before = details.to_request()
    details.description("Text.")
    assert (
        details.to_request()
        == before
        == {"relatedItems": [{"identifier": {"type": "OTHER", "value": {"url": "https://wiki.example.com"}}}]}
    )


def test_details_are_values() -> None:
    one, same, other = (
        IncidentDetails(impact=impact, title="x") for impact in (Impact.LOW, Impact.LOW, Impact.HIGH)
    )
    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert bool(one)
    assert not IncidentDetails()
    assert IncidentDetails(related_items=[]).description("x") == "x"


def test_items_are_values() -> None:
    one, same = (RelatedItem.url("https://wiki.example.com", title="x") for _ in range(2))
    assert one == same
    assert len({one, same}) == 1
    with pytest.raises(AttributeError, match="title"):
        one.title = "y"  # type: ignore[misc]


def test_an_impact_may_be_given_as_its_number() -> None:
    assert IncidentDetails(impact=2).description() == "- Impact: 2 - High"  # type: ignore[arg-type]


def test_tokens_pass_wherever_cloudformation_can_resolve_them() -> None:
    stack = new_stack()
    parameter = cdk.CfnParameter(stack, "Parameter").value_as_string
    imported = cdk.Fn.import_value("Export")
    items = [
        RelatedItem.url(imported, title="Whole"),
        RelatedItem.url(f"https://{parameter}/{cdk.Aws.REGION}", title=f"Part {parameter}"),
        RelatedItem.arn(imported, title="Whole too", type=RelatedItemType.TASK),
        RelatedItem.arn(f"arn:aws:sqs:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}:orders"),
    ]
    for plan in (
        imported,
        f"arn:{cdk.Aws.PARTITION}:ssm-incidents::{cdk.Aws.ACCOUNT_ID}:response-plan/on-call",
        plan_with_token_name(stack),
    ):
        details = IncidentDetails(
            title=f"{{alarm_name}} of {parameter}", related_items=items, response_plan=plan
        )
        lines = details.description(imported).splitlines()
        assert lines[0] == imported
        assert lines[2] == f"- Title: {{alarm_name}} of {parameter}"
        assert lines[5] == f"- Part {parameter}: https://{parameter}/{cdk.Aws.REGION}"
    assert RelatedItem.metric_definition(imported).to_request()
    assert RelatedItem.pager_duty(imported, secret_id=parameter).to_request()


hostile = st.text(
    st.sampled_from("aZ 1:-*+[]<>{}()|#\t\n\r\x0b\x85\u2028\u00a0é🔥\ud800%\"'\\/.@"), max_size=12
)
words = st.one_of(
    hostile,
    st.text(max_size=30),
    st.sampled_from(
        ["Impact", "title", "Response plan", "Runbook: x", "x [TASK]", "**x**", "- x", "", "{{x}}"]
    ),
)
links = st.one_of(
    st.builds("https://{}".format, words),
    st.sampled_from(
        ["https://a.example/x?y=[z]&a=<b>", "http://a", "https://a.example/)", "HTTPS://A.example"]
    ),
)
arns = st.builds("arn:aws:sqs:eu-west-1:111122223333:{}".format, words)
types = st.sampled_from(list(RelatedItemType))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    impact=st.none() | st.sampled_from(list(Impact)),
    title=st.none() | words,
    items=st.lists(
        st.tuples(st.just("url"), links, st.none() | words, types)
        | st.tuples(st.just("arn"), arns, st.none() | words, types),
        max_size=4,
    ),
    text=words,
)
def test_whatever_is_accepted_is_read_back_by_the_function(
    impact: Impact | None,
    title: str | None,
    items: list[tuple[str, str, str | None, RelatedItemType]],
    text: str,
) -> None:
    makers = {"url": RelatedItem.url, "arn": RelatedItem.arn}
    try:
        made = [makers[kind](link, title=label, type=item_type) for kind, link, label, item_type in items]
        details = IncidentDetails(impact=impact, title=title, related_items=made)
        description = details.description(text)
    except ValueError:
        return
    read = trailers.parse(description).partial
    expected = details.to_request()
    for item in expected.get("relatedItems", ()):
        [kind] = item["identifier"]["value"]
        item.setdefault("title", LABEL_BY_KIND[kind])
    assert {name: value for name, value in expected.items() if value} == {
        name: value for name, value in read.items() if name in expected and value
    }
