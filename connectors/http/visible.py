"""What a caller may see of a document: all of what its agencies sent; of what others sent, only the deliveries to its agencies."""

from collections.abc import Iterable
from typing import Any

from connectors.http.callers import Caller

Story = dict[str, Any]


def visible(stories: Iterable[Story], caller: Caller) -> list[Story]:
    """Return the stories as the caller may see them; names of officials and what it may not see at all are left out."""
    return [seen for each in stories if (seen := _seen(each, caller))]


def _seen(story: Story, caller: Caller) -> Story | None:
    if story["sender"] in caller.agencies:
        same = [each for each in story["same_contents"] if each["sender"] in caller.agencies]
        return {
            **story,
            "deliveries": [_without_names(each) for each in story["deliveries"]],
            "same_contents": same,
        }
    own = [each for each in story["deliveries"] if each["organ_id"] in caller.agencies]
    if not own:
        return None
    ids = {each["delivery_id"] for each in own}
    return {
        **story,
        "owes": [each for each in story["owes"] if each["delivery_id"] in ids],
        "deliveries": [_without_names(each) for each in own],
        "refusals": [],
        "same_contents": [],
        "timeline": [each for each in story["timeline"] if each["delivery_id"] in ids],
    }


def _without_names(delivery: dict[str, Any]) -> dict[str, Any]:
    alerts = [
        {**each, "to": [{"organ_id": to["organ_id"], "role": to["role"]} for to in each["to"]]}
        for each in delivery["alerts"]
    ]
    return {**delivery, "alerts": alerts}
