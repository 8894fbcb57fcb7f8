"""Serve the REST interface without the pages."""

import argparse
import socket
import sys
import threading
from typing import Any

from core.errors import InputError
from core.services import decoding, inference, questions

HIGHEST_PORT = 65535


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="localhost", help="the address to listen on")
    parser.add_argument("--port", type=int, default=8600)


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Returns when the server is asked to end."""
    import uvicorn

    from core.api import mounting
    from core.api.settings import ApiSettings

    settings = ApiSettings.from_environment()
    if settings.model:
        questions.check(settings.model)
    with _listening(args.host, args.port) as door:
        port = door.getsockname()[1]
        address = f"http://{args.host}:{port}{mounting.PLACE}"
        print(f"Mammolens answers at {address} (documentation: {address}/docs).", file=sys.stderr)
        threading.Thread(target=_warm_up, args=(settings.model,), daemon=True).start()
        config = uvicorn.Config(
            mounting.alone(), access_log=False, log_level="warning", timeout_graceful_shutdown=10
        )
        uvicorn.Server(config).run(sockets=[door])
    return {"served": address}


def show(document: dict[str, Any]) -> str:
    return f"Ended: {document['served']} answers no more."


def _listening(host: str, port: int) -> socket.socket:
    """Bound before anything is loaded, so that a taken port is told at once."""
    if not 0 <= port <= HIGHEST_PORT:  # the resolver would silently take the rest of a division
        raise InputError(f"There is no port {port}. Allowed: 0 (any free one) to {HIGHEST_PORT}.")
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        door = socket.socket(family, kind)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(address)
    except (OSError, OverflowError) as fault:
        raise InputError(
            f"Nothing can listen on {host}:{port}: {fault}. Choose another --port or --host."
        ) from None
    return door


def _warm_up(model: str | None) -> None:
    decoding.warm_up()
    for name in [model] if model else [bundle.name for bundle in questions.askable()[:1]]:
        inference.warm_up(name)
