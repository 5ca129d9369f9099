"""What is said of a command that was written wrongly: in Chinese first, and in English as click says it."""

from __future__ import annotations

import click

__all__ = ["usage_error_lines"]


def usage_error_lines(error: click.UsageError) -> list[str]:
    """Return the lines for standard error: what is wrong, how the command is written, and where its help is.

    Args:
        error: what click, or a command, found wrong; texts of our own commands are in both languages already.

    >>> usage_error_lines(click.NoSuchOption("--fall-on", possibilities=["--fail-on"]))[0].partition(" / ")[0]
    'opencheck: 没有选项 --fall-on，最接近的是 --fail-on'
    """
    english = error.format_message()
    chinese = _chinese(error)
    lines = [f"opencheck: {chinese} / {english}" if chinese else f"opencheck: {english}"]
    if error.ctx is not None:
        usage = error.ctx.get_usage().removeprefix("Usage: ")
        lines.append(f"用法 / usage: {usage}")
        lines.append(f"说明 / help: {error.ctx.command_path} --help")
    return lines


def _chinese(error: click.UsageError) -> str:
    if isinstance(error, click.MissingParameter):
        name = error.param.make_metavar(error.ctx) if error.param is not None and error.ctx is not None else error.param_hint
        return f"没有写 {name}"
    if isinstance(error, click.NoSuchOption):
        near = f"，最接近的是 {'、'.join(error.possibilities)}" if error.possibilities else ""
        return f"没有选项 {error.option_name}{near}"
    if isinstance(error, click.BadOptionUsage):
        return f"选项 {error.option_name} 后面少了值，或者多写了值"
    if isinstance(error, click.BadParameter):
        kind = error.param.type if error.param is not None else None
        accepted = f"，可用 {'、'.join(map(str, kind.choices))}" if isinstance(kind, click.Choice) else ""
        names = error.param.opts if isinstance(error.param, click.Option) else [error.param.name] if error.param else []
        return f"{names[0] if names else '参数'} 的值不能用{accepted}"
    return "" if any("\u4e00" <= c <= "\u9fff" for c in error.message) else "命令写得不对"
