"""The folders an agency's system sees, as `infra.folders` lays them out (the demo's people use them too)."""

from infra.folders import (
    HAND,
    SUFFIX,
    Door,
    client_door,
    doors,
    endpoint_door,
    hand_door,
    inbox,
    taken_at,
    taken_name,
)

__all__ = [
    "HAND",
    "SUFFIX",
    "Door",
    "client_door",
    "doors",
    "endpoint_door",
    "hand_door",
    "inbox",
    "taken_at",
    "taken_name",
]
