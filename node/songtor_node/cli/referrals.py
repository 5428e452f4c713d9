"""Referrals on the command line: what this node refers, and what is referred to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from songtor_node.cases.models import Case
from songtor_node.cli.console import Console, console
from songtor_node.referrals import acts, find, history, preview, replies
from songtor_node.referrals.act import Act, act
from songtor_node.referrals.acts import Wish
from songtor_node.referrals.as_before import as_before
from songtor_node.referrals.models import Referral
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import policy, vocabulary

Reference = Annotated[str, typer.Argument(metavar="REF", help="DE02-7K3M-Q9XM")]
CaseCode = Annotated[str, typer.Argument(metavar="CASE", help="Case code. / รหัสเรื่อง")]
To = Annotated[str, typer.Option(help="DE-02, TH-00/dwf, TH-00/province-10")]
Purpose = Annotated[str, typer.Option(help=", ".join(policy().purposes))]
Tick = Annotated[list[str] | None, typer.Option(help="Send this category too. / ส่งหมวดนี้ด้วย")]
Untick = Annotated[list[str] | None, typer.Option(help="Do not send this category. / ไม่ส่งหมวดนี้")]
Clear = Annotated[list[str] | None, typer.Option(help="Finding that was looked at. / จุดที่ตรวจแล้ว")]
Ground = Annotated[str, typer.Option(help="Consent to rest on; the newest if left out. / ความยินยอม")]
Sight = Annotated[bool | None, typer.Option(help="May an embassy see the status? / ให้สถานทูตเห็นสถานะ")]
Urgency = Annotated[str, typer.Option(help=", ".join(vocabulary().threat_levels))]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would leave, send nothing. / ดูก่อน ยังไม่ส่ง")]
Text = Annotated[str, typer.Argument(metavar="TEXT", help="- = stdin")]
Give = Annotated[list[str] | None, typer.Option(help="Category of facts to send along. / ส่งข้อมูลหมวดนี้ด้วย")]
Agreed = Annotated[
    bool,
    typer.Option("--traced-person-consented", help="They said that they may be told of. / ผู้ถูกตามหายินยอมแล้ว"),
]


@dataclass(slots=True)
class Work:
    """One act, and what is said of it once it is stored."""

    console: Console
    act: Act
    data: Any = None
    lines: Sequence[object] = ()

    def say(self, data: Any, *lines: object) -> None:
        self.data, self.lines = data, lines

    def done(self, referral: Referral, th: str, en: str, **more: Any) -> None:
        data = {**history.referral_data(referral, self.act.now), **more}
        self.say(data, f"{referral.reference}: {self.console.choose(th, en)}")

    def sent(self, referral: Referral, th: str, en: str) -> None:
        """With what left and what stayed, for a program."""
        self.done(referral, th, en, lines=history.lines_data(referral, self.console.lang))


@contextmanager
def at_work(context: typer.Context) -> Iterator[Work]:
    """One act of the worker of --as, stored as a whole; nothing is said before it is."""
    given = console(context)
    with given.node() as node:
        with act(node) as now:
            work = Work(given, now)
            yield work
        given.show(work.data, *work.lines)


def refer(
    context: typer.Context,
    case: CaseCode,
    to: To,
    purpose: Purpose,
    tick: Tick = None,
    untick: Untick = None,
    clear: Clear = None,
    consent: Ground = "",
    sight: Sight = None,
    urgency: Urgency = "",
    dry_run: DryRun = False,
) -> None:
    """Refer a case: first look at it with --dry-run. / ส่งต่อเรื่อง ดูก่อนด้วย --dry-run"""
    wish = _wish(to, purpose, tick, untick, clear, consent, sight, urgency)
    with at_work(context) as work:
        if dry_run:
            _show_draft(work, case, wish)
        else:
            work.sent(acts.refer(work.act, case, wish), "ส่งเข้าคิวแล้ว", "queued")


def again(
    context: typer.Context,
    reference: Reference,
    to: Annotated[str, typer.Option(help="The same if left out. / ผู้รับเดิมถ้าไม่ระบุ")] = "",
    purpose: Annotated[str, typer.Option(help="The same if left out. / วัตถุประสงค์เดิมถ้าไม่ระบุ")] = "",
    tick: Tick = None,
    untick: Untick = None,
    clear: Clear = None,
    consent: Ground = "",
    sight: Sight = None,
    urgency: Urgency = "",
    dry_run: DryRun = False,
) -> None:
    """Send a new version: after a rejection, wider, or in graver danger. / ส่งฉบับใหม่"""
    with at_work(context) as work:
        before = find.sent(work.act, reference, what="again")
        asked = _wish(to, purpose, tick, untick, clear, consent, sight, urgency)
        wish = as_before(work.act, before, asked)
        if dry_run:
            _show_draft(work, _case_of(work.act, before), wish)
        else:
            work.sent(acts.again(work.act, reference, wish), "ส่งฉบับใหม่เข้าคิวแล้ว", "a new version is queued")


def answer(
    context: typer.Context, reference: Reference, text: Text, give: Give = None, clear: Clear = None
) -> None:
    """Answer a question. / ตอบคำถาม"""
    words = console(context).words(text)
    with at_work(context) as work:
        done = acts.answer(work.act, reference, words, give=_codes(give), cleared=_codes(clear))
        work.done(done, "ตอบแล้ว", "answered")


def cancel(
    context: typer.Context,
    reference: Reference,
    reason: Annotated[str, typer.Option(help="no_longer_needed, duplicate, entered_in_error ...")],
) -> None:
    """Cancel what you referred. / ยกเลิก"""
    with at_work(context) as work:
        work.done(acts.cancel(work.act, reference, reason), "ยกเลิกแล้ว", "cancelled")


def withdraw(
    context: typer.Context,
    reference: Reference,
    by: Annotated[
        str, typer.Option(help="client, guardian, or a person of the case. / ใครเป็นผู้ถอน")
    ] = "client",
) -> None:
    """The client takes it back: it is destroyed wherever it went. / ผู้รับบริการขอคืนเรื่องที่ส่งไป"""
    with at_work(context) as work:
        taken = acts.withdraw(work.act, reference, person=by)
        data = [history.referral_data(one, work.act.now) for one in taken]
        names = ", ".join(sorted({one.reference for one in taken}))
        work.say(data, work.console.choose(f"ถอนแล้ว {names}", f"withdrawn {names}"))


def accept(context: typer.Context, reference: Reference) -> None:
    """Take a referral on: a case is made of it. / รับเรื่อง"""
    with at_work(context) as work:
        done, case = replies.accept(work.act, reference)
        work.done(done, f"รับแล้ว เรื่อง {case.code}", f"accepted, case {case.code}", case=case.code)


def decline(
    context: typer.Context,
    reference: Reference,
    reason: Annotated[str, typer.Option(help=", ".join(policy().rejection_reasons))],
) -> None:
    """Decline a referral. / ไม่รับเรื่อง"""
    with at_work(context) as work:
        work.done(replies.decline(work.act, reference, reason), "ตอบไม่รับแล้ว", "declined")


def start(context: typer.Context, reference: Reference) -> None:
    """Work on it has begun. / เริ่มดำเนินการ"""
    with at_work(context) as work:
        work.done(replies.start(work.act, reference), "เริ่มแล้ว", "in progress")


def ask(context: typer.Context, reference: Reference, text: Text, clear: Clear = None) -> None:
    """Ask whoever referred it. / ถามผู้ส่ง"""
    words = console(context).words(text)
    with at_work(context) as work:
        work.done(replies.ask(work.act, reference, words, cleared=_codes(clear)), "ถามแล้ว", "asked")


def complete(
    context: typer.Context,
    reference: Reference,
    outcome: Annotated[str, typer.Option(help=", ".join(policy().outcomes))],
    text: Annotated[str, typer.Option(help="What was done; - = stdin. / สรุปผล")] = "",
    give: Give = None,
    clear: Clear = None,
    agreed: Agreed = False,
) -> None:
    """Report the outcome. / รายงานผล"""
    words = console(context).words(text)
    with at_work(context) as work:
        done = replies.complete(
            work.act,
            reference,
            outcome,
            words=words,
            give=_codes(give),
            cleared=_codes(clear),
            traced_person_consented=agreed,
        )
        work.done(done, "รายงานผลแล้ว", "reported")


def fail(
    context: typer.Context,
    reference: Reference,
    reason: Annotated[str, typer.Option(help=", ".join(policy().failure_reasons))],
    agreed: Agreed = False,
) -> None:
    """It could not be carried through. / ดำเนินการไม่สำเร็จ"""
    with at_work(context) as work:
        done = replies.fail(work.act, reference, reason, traced_person_consented=agreed)
        work.done(done, "แจ้งผลแล้ว", "reported")


def hold(
    context: typer.Context,
    reference: Reference,
    duty: Annotated[str, typer.Option(help=", ".join(policy().duties_to_keep))],
) -> None:
    """The law wants it kept, whoever takes it back. / กฎหมายให้เก็บไว้"""
    with at_work(context) as work:
        work.done(replies.hold(work.act, reference, duty), "บันทึกแล้ว", "recorded")


def release(context: typer.Context, reference: Reference) -> None:
    """The duty to keep has ended; what was taken back meanwhile is destroyed. / เลิกเก็บตามกฎหมาย"""
    with at_work(context) as work:
        work.done(replies.release(work.act, reference), "เลิกเก็บแล้ว", "released")


def _wish(
    to: str,
    purpose: str,
    tick: Sequence[str] | None,
    untick: Sequence[str] | None,
    clear: Sequence[str] | None,
    consent: str,
    sight: bool | None,
    urgency: str,
) -> Wish:
    return Wish(
        to=to,
        purpose=purpose,
        tick=_codes(tick),
        untick=_codes(untick),
        cleared=_codes(clear),
        ground=consent,
        sight=sight,
        urgency=urgency,
    )


def _codes(given: Sequence[str] | None) -> frozenset[str]:
    """An option may be given several times, or once with commas."""
    return frozenset(code for part in given or () for code in part.split(",") if code)


def _case_of(act: Act, referral: Referral) -> str:
    if referral.case_id is None:
        raise InputError("not_here", field="case")
    return act.session.get_one(Case, referral.case_id).code


def _show_draft(work: Work, case: str, wish: Wish) -> None:
    lang = work.console.lang
    prepared = acts.prepare(work.act, case, wish, lang=lang)
    work.say(preview.as_data(prepared, lang), *preview.as_lines(prepared, lang, work.act.now.date()))
