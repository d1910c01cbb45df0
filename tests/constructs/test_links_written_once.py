"""A link that a description has already is not written below it again, and nothing else changes by that."""

from hypothesis import given, strategies as st

from constructs_lib import Impact, IncidentDetails, RelatedItem, RelatedItemType
from constructs_lib._bundle import trailers
from constructs_lib.incident_details import with_trailers

LINKS = ["https://wiki.example.com/a", "https://wiki.example.com/b?v=2"]
ARN = "arn:aws:sqs:eu-west-1:111122223333:orders"
pieces = st.sampled_from(
    [
        *LINKS,
        ARN,
        "Runbook: ",
        "Documentation: ",
        "[TASK]",
        "- ",
        "**",
        "<",
        ">",
        "\r\n",
        "\n",
        " ",
        "Too many.",
    ]
)
texts = st.lists(pieces, max_size=20).map("".join)
items = st.lists(
    st.sampled_from(
        [
            RelatedItem.url(LINKS[0], title="Runbook"),
            RelatedItem.url(LINKS[1]),
            RelatedItem.arn(ARN, title="Orders"),
            RelatedItem.url(LINKS[0], title="Ticket", type=RelatedItemType.TASK),
        ]
    ),
    unique_by=lambda item: (item.type, *item.value.values()),
)


@given(texts, items)
def test_what_the_function_reads_is_the_same(text: str, related_items: list[RelatedItem]) -> None:
    lines = IncidentDetails(impact=Impact.HIGH, related_items=related_items).trailers()
    written = with_trailers(text, lines)
    assert trailers.parse(written) == trailers.parse(f"{text}\n\n{lines}")
    assert written.count("- Impact: 2 - High") == 1


@given(texts)
def test_no_link_is_written_that_the_text_has_as_a_related_item(text: str) -> None:
    found = trailers.parse(text).partial.get("relatedItems", [])
    links = [next(iter(item["identifier"]["value"].values())) for item in found]
    plain = [
        link
        for link, item in zip(links, found, strict=True)
        if item["identifier"]["type"] == "OTHER" and link in LINKS
    ]
    lines = IncidentDetails(related_items=[RelatedItem.url(link) for link in LINKS]).trailers()
    below = with_trailers(text, lines)[len(text.rstrip()) :]
    assert [link for link in plain if link in below] == []
