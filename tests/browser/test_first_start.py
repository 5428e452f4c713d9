"""The first start, as an organisation goes through it: from an empty folder to people at work. Point 1."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import expect

from songtor_node.link.grpc_hub import GrpcNetwork
from songtor_node.web.front import Front, Reach
from songtor_node.web.navigation import IDLE_SECONDS
from songtor_proto.times import utc_now
from tests.browser.hand import Hand, link, press
from tests.browser.sample import Served
from tests.browser.windows import Windows
from tests.support.accounts import code_of
from tests.support.hub import Serve as ServeHub
from tests.support.ports import four_free_ports
from tests.support.serving import Serve, Serving

PASSPHRASE = "น้ำขึ้นให้รีบตักนะจ๊ะ"
PASSWORDS = {"admin": "สายลมเย็นที่ริมน้ำ", "malee": "ดอกบัวสี่สีในสระ", "somsri": "ข้าวเหนียวมะม่วงสุก"}
NICKNAMES = ("ปลาทอง", "ใบเตย")


@dataclass
class House:
    """An organisation's machine, its people's phones, and what they keep on paper."""

    windows: Windows
    serve: Serve
    data: Path
    lang: str
    port: int = field(default_factory=four_free_ports)
    paper: dict[str, list[str]] = field(default_factory=dict)
    serving: Serving = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.serving = self.serve(self.data, "--listen", f"127.0.0.1:{self.port}")

    def hand(self, host: str = "127.0.0.1") -> Hand:
        """Somebody before that machine's pages, who is not known there yet."""
        at = Served(Front(self.data, GrpcNetwork(), Reach(frozenset())), f"http://{host}:{self.port}")
        return Hand(self.windows.open(at, "", self.lang), self.lang)

    def begin(self) -> Hand:
        """The first administrator, from the start code to "invitation later"."""
        admin = self.hand()
        admin.open("/cases")
        assert admin.path == "/start"
        admin.write(start_code="00000000")
        admin.go()
        expect(admin.page.get_by_role("alert")).to_be_visible()
        admin.write(start_code=self.serving.said["start_code"])
        admin.go()
        admin.reads("door.you_title")
        admin.write(name="สุดา", code="admin")
        admin.go()
        admin.write(new_password=PASSWORDS["admin"], again=PASSWORDS["admin"])
        admin.go()
        admin.reads("door.lock_title")
        admin.pick("lock", "passphrase")
        admin.go()
        admin.write(passphrase=PASSPHRASE, again=PASSPHRASE)
        admin.go()
        admin.reads("door.sheet_title")
        admin.write(last_group=admin.page.locator(".groups li").last.inner_text())
        admin.go()
        self.enrol(admin, "admin")
        admin.reads("node.join_why")
        admin.go(link("/people"))
        return admin

    def enrol(self, hand: Hand, worker: str) -> None:
        """The authenticator, by the letters below its picture; then the recovery codes on paper."""
        hand.reads("door.authenticator_title")
        secret = hand.page.locator("details p.number").text_content() or ""
        hand.write(second=code_of("".join(secret.split()), utc_now()))
        hand.go()
        self.note_codes(hand, worker)

    def note_codes(self, hand: Hand, worker: str) -> None:
        hand.reads("door.codes_title")
        self.paper[worker] = hand.page.locator(".codes li").all_inner_texts()
        assert len(set(self.paper[worker])) == 10
        hand.go()

    def sign_in_first(self, worker: str, once: str, host: str = "127.0.0.1") -> Hand:
        """With the administrator's one-time code, up to what else shows that it is them."""
        hand = self.hand(host)
        hand.open("/")
        assert hand.path == "/sign-in"
        hand.write(code=worker, password=once)
        hand.go()
        hand.reads("door.first_password_title")
        hand.write(new_password=PASSWORDS[worker], again=PASSWORDS[worker])
        hand.go()
        return hand


def add(admin: Hand, code: str, role: str) -> str:
    """Somebody who works here; gives their one-time code."""
    admin.open("/people")
    admin.go(link("/people/new"))
    admin.write(name=code.title(), code=code)
    admin.pick("role", role)
    admin.go()
    admin.reads("people.code_lead")
    once = admin.page.locator(".once").inner_text()
    admin.go()
    assert admin.path == "/people"
    return once


def take_in(malee: Hand, nickname: str) -> str:
    """A case of few words; gives its path."""
    malee.open("/cases/new")
    malee.go(press("target_group", "thai_abroad"))
    malee.go(press("channel", "line"))
    malee.write(nickname=nickname)
    malee.go()
    return "/".join(malee.path.split("/")[:3])


def refused(hand: Hand, path: str) -> bool:
    answer = hand.page.goto(path)
    assert answer is not None
    return answer.status in (403, 404)


@contextmanager
def passkey(hand: Hand) -> Iterator[None]:
    """The phone's own lock, as Chromium plays it: the finger always fits."""
    session = hand.page.context.new_cdp_session(hand.page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield
    session.detach()


@pytest.mark.parametrize("lang", ["th", "en"])
def test_from_an_empty_folder_to_people_at_work(
    windows: Windows, serve: Serve, served_hub: ServeHub, tmp_path: Path, lang: str
) -> None:
    """Three steps, then people in their roles; each sees what is theirs; a power cut loses nothing."""
    house = House(windows, serve, tmp_path / "node", lang)
    admin = house.begin()
    once = {"malee": add(admin, "malee", "caseworker"), "somsri": add(admin, "somsri", "volunteer")}

    admin.open("/")
    admin.go(link("/node/join"))
    admin.write(code="songtor1:not-a-code")
    admin.go()
    expect(admin.page.get_by_role("alert")).to_be_visible()
    admin.write(code=served_hub().invite("DE-02"))
    admin.go()
    admin.reads("done.joined")
    assert len(admin.page.locator("#own").inner_text().split()) == 8
    admin.open("/node")
    admin.reads("DE-02")

    malee = house.sign_in_first("malee", once["malee"], "localhost")
    with passkey(malee):
        malee.reads("door.second_title")
        malee.tap()
        malee.page.wait_for_url("**/me/recovery")
        house.note_codes(malee, "malee")
        seen, unseen = (take_in(malee, nickname) for nickname in NICKNAMES)
        malee.open(f"{seen}/team")
        malee.pick("worker", "somsri")
        malee.go()
        malee.reads("done.assigned")
        malee.open("/me")
        malee.go('form[action="/sign-out"] button')
        malee.tap('form[action="/sign-in/passkey"] button')
        malee.page.wait_for_url(lambda url: url.endswith(f":{house.port}/"))

    somsri = house.sign_in_first("somsri", once["somsri"])
    house.enrol(somsri, "somsri")
    somsri.open("/cases")
    somsri.reads(NICKNAMES[0])
    somsri.reads_nowhere(NICKNAMES[1])
    assert not refused(somsri, seen)
    assert refused(somsri, unseen)
    assert refused(somsri, "/people")
    assert refused(admin, "/cases")
    assert refused(admin, seen)
    admin.open("/")
    admin.reads_nowhere(*NICKNAMES, seen.rpartition("/")[2])

    house.serving.end(signal.SIGKILL)
    house.start()
    malee.open(seen)
    assert malee.path == "/unlock"
    malee.write(passphrase="ไม่ใช่คำนี้แน่นอน")
    malee.go()
    expect(malee.page.get_by_role("alert")).to_be_visible()
    malee.write(passphrase=PASSPHRASE)
    malee.go()
    malee.open("/cases")
    malee.reads(*NICKNAMES)
    malee.open(f"{seen}/team")
    malee.reads("Somsri")
    admin.open("/people")
    admin.reads("สุดา", "Malee", "Somsri")

    idle(malee, seen)

    somsri.open("/me")
    somsri.go('form[action="/sign-out"] button')
    somsri.write(code="somsri", password=PASSWORDS["somsri"])
    somsri.go()
    somsri.reads("door.code_title")
    somsri.write(second=house.paper["somsri"][3])  # the phone is lost: a code from the paper
    somsri.go()
    assert somsri.path == "/"

    stranger = house.hand("localhost")  # whose phone has no passkey of this house
    stranger.open("/sign-in")
    stranger.go('form[action="/sign-in/passkey"] button')
    stranger.is_for_everybody("/sign-in/passkey")


def idle(malee: Hand, case: str) -> None:
    """A screen that nobody touches hides what it shows; its worker goes on there with their password."""
    malee.page.clock.install()
    malee.open(case)
    malee.page.clock.fast_forward(1000 * (IDLE_SECONDS - 60))
    malee.reads("case.tasks")
    malee.page.clock.fast_forward(1000 * 120)
    malee.page.wait_for_url("**/locked?**")
    malee.reads_nowhere(*NICKNAMES)
    malee.open(case)
    assert malee.path == "/locked"
    malee.write(password=PASSWORDS["malee"])
    malee.go()
    assert malee.path == case
