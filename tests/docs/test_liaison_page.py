"""The page of the liaisons' API shows the answers that the door gives."""

from __future__ import annotations

import json

import pytest
from starlette.testclient import TestClient

from songtor_hub.liaison import tokens
from songtor_hub.liaison.api import create_app
from songtor_hub.store.engine import writing
from tests.docs.pages import ROOT, blocks
from tests.support.desks import Partner
from tests.support.hub import NewHub

SHOWN = [json.loads(block.text) for block in blocks(ROOT / "docs" / "liaison-api.md", "json")]


@pytest.fixture
def door(new_hub: NewHub) -> tuple[TestClient, str]:
    """A client with a token for Germany, and the reference of what it may see."""
    hub = new_hub()
    with writing(hub.engine) as connection:
        _, token = tokens.add(connection, "สถานทูต", ["DE"], 90, now=hub.clock(), random=hub.random)
    needs = ("demographics", "place", "problems")
    seen = Partner(hub, "DE-01").refer("TH-00/tsda", purpose="older_person", categories=needs, sight=True)
    headers = {"authorization": f"Bearer {token}"}
    return TestClient(create_app(hub), base_url="https://hub.test", headers=headers), seen


def test_the_fields_on_the_page_are_those_of_the_answers(door: tuple[TestClient, str]) -> None:
    """S3: one referral, a list, and what is not to be seen."""
    client, seen = door
    one, several, problem = SHOWN
    assert client.get(f"/api/v1/referrals/{seen}").json().keys() == one.keys()
    listed = client.get("/api/v1/referrals", params={"state": "received", "overdue": "false"}).json()
    assert (listed.keys(), listed["referrals"][0].keys()) == (several.keys(), one.keys())
    assert client.get(f"/api/v1/referrals/{one['reference']}").json() == problem
