"""`lienthong redrive`: have chosen documents decided again by today's reference data; who has a document gets no second copy."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click

from infra.clock import open_clock
from infra.commands import DONE, NO, Ctx, command
from infra.commands.loading import load
from infra.commands.words import WORDS
from processors.commands.judging_again import judge_again
from processors.redriving import asking
from processors.redriving.choosing import Chosen, choose
from processors.redriving.looking import Look, look, look_at_refused, outcome
from processors.redriving.where import BadWhereError, Where, parse
from schemas.events import DocumentDispatched, DocumentRefused, DocumentSubmitted

KINDS = ("directory", "routes", "identities", "document_types", "sla", "calendar", "contacts")
TRUST = ("trust", "crl", "signature_policy", "secrecy")
"""What is needed beside, where something was refused by the verifier."""


BECOMES = {
    "signed": "chữ ký hợp lệ",
    "provisional": "cho chuyển tạm thời",
    "held": "tạm giữ",
    "refused": "vẫn bị từ chối",
}
"""What the verifier would say."""


def _where(_ctx: click.Context, _parameter: click.Parameter, value: str) -> Where:
    try:
        return parse(value)
    except BadWhereError as exc:
        raise click.BadParameter(str(exc)) from exc


@command(
    "redrive",
    example="lienthong redrive --where 'reason=RECIPIENT_UNKNOWN and at>=2026-11-23T00:00:00+07:00' --dry-run",
)
@click.option(
    "--where",
    required=True,
    callback=_where,
    metavar="EXPR",
    help="Terms joined by `and`: reason, rule, directory, document, sender, recipient with = or !=; at with = < > <= >=.",
)
@click.option("--dry-run", is_flag=True, help="Say what would change; do nothing.")
@click.option("--by", type=WORDS, default="", help="Who does it; needed.")
@click.option("--why", type=WORDS, default="", help="Why; needed.")
@click.option(
    "--timeout", default=60.0, show_default=True, type=click.FloatRange(min=0), help="Seconds to wait at most."
)
def redrive(ctx: Ctx, *, where: Where, dry_run: bool, by: str, why: str, timeout: float) -> int:
    """Decide chosen documents again: per document how it stands, how it is decided now, and what would be sent.

    What the verifier refused is judged again first, by today's trust list, revocation lists and policy, as of the moment when it was handed over.
    Exit 1 if nothing was chosen, or if a delivery did not come about in time.
    """
    if not dry_run and not (by and why):
        raise click.UsageError("say who acts and why: --by NAME --why TEXT (it is written to operator.acted)")
    if ctx.reference_dir and not dry_run:
        raise click.UsageError("the router decides by what is published: --reference goes with --dry-run only")
    chosen = choose(ctx.settings, where)
    if not chosen.packets:
        ctx.say("Không có kết quả xác thực hay định tuyến nào như thế.")
        return NO
    looks = list(_looks(ctx, chosen))
    if dry_run:
        for each in looks:
            _say(ctx, each, {"dry_run": True})
        return DONE
    return _act(ctx, looks, by=by, why=why, timeout=timeout)


def _looks(ctx: Ctx, chosen: Chosen) -> Iterator[Look]:
    refused = {(each.document_key, each.sha256): each for each in _refused(chosen)}
    kinds, needs = (*KINDS, *(TRUST if refused else ())), ("directory", "routes", *(TRUST[:1] if refused else ()))
    reference, now = load(ctx, kinds, needs=needs), open_clock(ctx.settings).now()
    for key, sha256 in chosen.packets:
        if (key, sha256) not in refused:
            yield look(chosen.stories[key], key, sha256, reference, now)
    came = [_submission(chosen, each) for each in refused.values()]
    for submitted, judgement in judge_again(came, reference, ctx.settings):
        refusal, story = (
            refused[submitted.document_key, submitted.content.sha256],
            chosen.stories[submitted.document_key],
        )
        yield look_at_refused(refusal, submitted, judgement, story, reference, now=now)


def _refused(chosen: Chosen) -> Iterable[DocumentRefused]:
    """Yield the verifier's refusals that stand, of packets whose submission lies on the log."""
    for key, sha256 in chosen.packets:
        story = chosen.stories[key]
        refusal = story.refused(sha256)
        if refusal is not None and sha256 in story.submissions:
            yield refusal


def _submission(chosen: Chosen, refusal: DocumentRefused) -> DocumentSubmitted:
    return chosen.stories[refusal.document_key].submissions[refusal.sha256]


def _act(ctx: Ctx, looks: list[Look], *, by: str, why: str, timeout: float) -> int:
    """Ask the router about what would change, and say what came of it."""
    asked = asking.ask(ctx.settings, [each for each in looks if each.changes], by=by, why=why)
    sent = asking.sent(ctx.settings, asked, seconds=timeout)
    acts, code = {each.packet: act for act, each in asked.items()}, DONE
    for each in looks:
        act = acts.get(each.packet, "")
        done = [delivery(event) for event in sent.get(act, ())]
        code = NO if act and len(done) < len(each.would_send) else code
        _say(ctx, each, {"dry_run": False, "act": act, "sent": done})
    return code


def delivery(event: DocumentDispatched) -> dict[str, Any]:
    """Return what is said of one delivery that would be made, or was."""
    said = outcome(event.addressed[0], event)
    names = ("delivery_id", "organ_id", "endpoint", "rule")
    return {"addressed": list(event.addressed), **{name: said[name] for name in names}}


def _say(ctx: Ctx, each: Look, more: Mapping[str, Any]) -> None:
    would_send = [delivery(event) for event in each.would_send]
    said = {
        "document_id": _document_id(each),
        "document_key": each.document_key,
        "digest": each.sha256,
        "before": list(each.before),
        "after": list(each.after),
        "would_send": would_send,
        "why_not": each.why_not,
        "becomes": each.becomes,
        **more,
    }
    ctx.emit(said, human="\n".join(_in_words(said)))


def _document_id(each: Look) -> str:
    said = each.verdict or each.submitted
    return said.envelope.document_id if said else ""


def _in_words(said: Mapping[str, Any]) -> Iterator[str]:
    yield f"{said['document_id'] or said['document_key']}  {said['digest'][:12]}"
    after = {each["addressed"]: each for each in said["after"]}
    for each in said["before"]:
        now = after.pop(each["addressed"], None)
        yield f"  {each['addressed'] or 'cả gói'}: {_one(each)} → {_one(now) if now else 'quyết định từng nơi nhận'}"
    for code, each in after.items():
        yield f"  {code or 'cả gói'}: {_one(each)}"
    if said["becomes"]:
        yield f"  xác thực lại: {BECOMES[said['becomes']]}"
    if said["why_not"]:
        yield f"  không quyết định lại được: {said['why_not']}"
    for each in said.get("sent", said["would_send"]):
        yield f"  {'đã' if 'sent' in said else 'sẽ'} gửi {each['organ_id']} qua {each['endpoint']}"


def _one(each: Mapping[str, Any]) -> str:
    return each["code"] or f"{each['organ_id']} ({each['rule']})"
