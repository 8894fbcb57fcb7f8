"""The documentation as one plain page, made of the OpenAPI document; nothing is fetched for it."""

import html
from typing import Any
from urllib.parse import urlsplit

STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid #8886; border-radius: .4rem; }
h2 { margin-top: 2.5rem; } td, th { text-align: left; padding: .2rem 1rem .2rem 0; }
td { vertical-align: top; }
"""


def page(document: dict[str, Any], address: str) -> str:
    info, base = document["info"], address.rstrip("/")
    operations = "".join(
        _operation(path, method, operation, base)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_safe(info['title'])}: the interface</title><style>{STYLE}</style></head>"
        f"<body><h1>{_safe(info['title'])}: the interface</h1>"
        f"<p>{_safe(info['description'])} Version {_safe(info['version'])}.</p>"
        f'<p>For programs: <a href="{_safe(base)}/openapi.json">openapi.json</a>. '
        f"Errors are problem+json: a title, a sentence in <code>detail</code>, and a "
        f"<code>code</code>.</p>{operations}</body></html>"
    )


def _operation(path: str, method: str, operation: dict[str, Any], base: str) -> str:
    place = urlsplit(base).path + path
    return (
        f"<h2>{method.upper()} {_safe(place)}</h2><p>{_safe(operation['summary'])}.</p>"
        f"<pre>{_safe(_example(path, method, base, operation))}</pre>"
        f"{_fields(operation)}{_answers(operation)}"
    )


def _example(path: str, method: str, base: str, operation: dict[str, Any]) -> str:
    if method == "get":
        return f"curl {base}{path}"
    if flags := operation.get("x-curl"):
        return f"curl {flags} {base}{path}"
    return f"curl {base}{path} -F file=@image.dcm -F heatmap=true"


def _fields(operation: dict[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    fields = content.get("multipart/form-data", {}).get("schema", {}).get("properties", {})
    rows = "".join(_row(name, _said(field)) for name, field in fields.items())
    return f"<table><tr><th>field</th><th></th></tr>{rows}</table>" if rows else ""


def _said(field: dict[str, Any]) -> str:
    if "enum" in field:
        return "One of " + ", ".join(field["enum"]) + "."
    return str(field.get("description") or f"{field['type']}, by default {field.get('default')}")


def _answers(operation: dict[str, Any]) -> str:
    answers = operation["responses"].items()
    rows = "".join(_row(code, answer["description"]) for code, answer in answers)
    return f"<table><tr><th>answer</th><th></th></tr>{rows}</table>"


def _row(name: str, said: str) -> str:
    return f"<tr><td><code>{_safe(name)}</code></td><td>{_safe(said)}</td></tr>"


def _safe(text: object) -> str:
    return html.escape(str(text))
