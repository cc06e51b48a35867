"""`lienthong console user|remove`: the console's accounts."""

import sys

import click

from infra.accounts import Role, accounts_of
from infra.commands import DONE, NO, Ctx, command, group, stop

console = group(
    "console",
    example="lienthong console user an.nguyen --role operator",
    says="Accounts of the web console, which `lienthong up` starts where there is one.",
)


@command("user", example="lienthong console user an.nguyen --role operator", within=console)
@click.argument("name")
@click.option(
    "--role", type=click.Choice([role.value for role in Role]), default=Role.VIEWER.value, show_default=True,
    help="viewer looks; operator also acts on dead letters; auditor also sees who acted.",
)  # fmt: skip
def user(ctx: Ctx, name: str, role: str) -> int:
    """Make an account, or give one a new password or role; the password is asked for, or read from a pipe."""
    password = _password()
    made = accounts_of(ctx.settings).put(name, Role(role), password)
    ctx.emit({"name": made.name, "role": made.role.value}, human=f"{made.name}: {made.role.value}")
    return DONE


@command("remove", example="lienthong console remove an.nguyen", within=console)
@click.argument("name")
def remove(ctx: Ctx, name: str) -> int:
    """Remove an account; whoever is logged in by it is shut out at the next page. Exit 1 if there is none."""
    if not accounts_of(ctx.settings).remove(name):
        ctx.say(f"Không có tài khoản {name}.")
        return NO
    ctx.emit({"name": name, "removed": True}, human=f"{name}: đã xóa.")
    return DONE


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first: str = click.prompt("Mật khẩu / Password", hide_input=True)
    if first != click.prompt("Nhập lại / Again", hide_input=True):
        stop("the two passwords differ", "type the same one twice")
    return first
