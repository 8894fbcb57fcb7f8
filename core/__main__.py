"""The command line: `python -m core COMMAND ...`. Everything a page can do, without it.

With `--json` one document stands on standard output and nothing else; progress and logs
go to standard error. Exit code 0: done. 2: the input cannot be used, said in one line.
1: a fault of ours, with the traceback; or the machine refused (a full disk, a folder that
may not be written to), said in one line.
"""

import argparse
import errno
import importlib
import json
import os
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import NoReturn

from core import __version__
from core.errors import InputError, MammolensError, NotFound
from core.registry import Registry
from core.services.quiet import be_quiet

# What the disk or its owner says no to; anything else is a fault worth a traceback.
REFUSALS = {
    errno.EACCES,
    errno.EDQUOT,
    errno.EEXIST,
    errno.EISDIR,
    errno.ENAMETOOLONG,
    errno.ENOENT,
    errno.ENOSPC,
    errno.ENOTDIR,
    errno.EPERM,
    errno.EROFS,
}

COMMANDS: Registry[object] = Registry("core.services.commands", "run", "command")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, as every other refusal does."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}. Help: {self.prog} --help\n")


def parser(command: str | None) -> argparse.ArgumentParser:
    """Only the chosen command's module is imported, so that each starts quickly."""
    top = _Parser(prog="python -m core", description=__doc__.split("\n\n")[0] if __doc__ else None)
    top.add_argument("--version", action="version", version=f"Mammolens {__version__}")
    subparsers = top.add_subparsers(
        dest="command", metavar="COMMAND", required=True, parser_class=_Parser
    )
    for entry in COMMANDS:
        sub = subparsers.add_parser(entry.name, help=entry.summary, description=entry.summary)
        if entry.name == command:
            module(command).add_arguments(sub)
            sub.add_argument("--json", action="store_true", help="print one JSON document")
    return top


def module(command: str) -> ModuleType:
    return importlib.import_module(COMMANDS.entry(command).module)


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    command = next((word for word in arguments if not word.startswith("-")), None)
    known = command if command in COMMANDS else None
    args = parser(known).parse_args(arguments)
    try:
        return _run(module(args.command), args)
    except (InputError, NotFound) as fault:
        print(f"{fault}", file=sys.stderr)
        return 2
    except MammolensError as fault:
        print(f"{fault}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader has gone, as with `| head`; nothing more can be said to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as fault:
        if fault.errno not in REFUSALS:
            raise
        print(_refusal(fault), file=sys.stderr)
        return 1


def _refusal(fault: OSError) -> str:
    place = f"{fault.filename}: " if fault.filename else ""
    return (
        f"{place}{fault.strerror}. Nothing more can be written or read there: make room, "
        "choose another place, or change its permissions, and try again."
    )


def _run(chosen: ModuleType, args: argparse.Namespace) -> int:
    document = chosen.run(args)
    if args.json or not hasattr(chosen, "show"):
        print(json.dumps(document, indent=2, default=str))
    else:
        print(chosen.show(document))
    sys.stdout.flush()
    return int(chosen.exit_code(document)) if hasattr(chosen, "exit_code") else 0


if __name__ == "__main__":
    be_quiet()
    sys.exit(main())
