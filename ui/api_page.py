"""The page that describes the interface: OpenAPI as HTML that loads nothing and runs nothing."""

from collections.abc import Iterator
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

__all__ = ["api_page"]

Schema = dict[str, Any]


def api_page(openapi: Schema, root: str) -> str:
    """A page of an OpenAPI description; `root` is what its paths stand below."""
    named: Schema = openapi.get("components", {}).get("schemas", {})
    ways = [_way(method, root + path, way, named) for path, methods in openapi["paths"].items() for method, way in methods.items()]
    page = Template((files("ui") / "api_page.html").read_text(encoding="utf-8"))
    return page.substitute(about=_code(openapi["info"].get("summary", "")), ways="".join(ways), records="".join(_records(named)))


def _way(method: str, path: str, way: Schema, named: Schema) -> str:
    body = way.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    answer = way["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema")
    parameters = [(p["name"], p["schema"], p.get("required", False), p.get("description", "")) for p in way.get("parameters", [])]
    return (
        f"<section><h2><span>{method.upper()}</span> <code>{escape(path)}</code></h2><p>{_code(way.get('description', ''))}</p>"
        + (f"<h3>Parameters</h3>{_table(parameters)}" if parameters else "")
        + (f"<h3>Body, as JSON</h3>{_table(_fields(_found(body, named)))}" if body else "")
        + (f"<p>Gives: {_kind(answer)}</p>" if answer else "")
        + "</section>"
    )


def _records(named: Schema) -> Iterator[str]:
    for name, schema in named.items():
        if "properties" in schema:
            about = _code(schema.get("description", ""))
            yield f'<section id="{escape(name)}"><h3>{escape(name)}</h3><p>{about}</p>{_table(_fields(schema))}</section>'


def _fields(schema: Schema) -> list[tuple[str, Schema, bool, str]]:
    required = schema.get("required", [])
    return [(name, part, name in required, part.get("description", "")) for name, part in schema.get("properties", {}).items()]


def _table(rows: list[tuple[str, Schema, bool, str]]) -> str:
    cells = (
        f"<tr><td><code>{escape(name)}</code></td><td>{_kind(schema)}</td>"
        f"<td>{'required' if required else escape(_default(schema))}</td><td>{_code(about)}</td></tr>"
        for name, schema, required, about in rows
    )
    return f"<table><tr><th>name</th><th>kind</th><th>default</th><th>what</th></tr>{''.join(cells)}</table>"


def _kind(schema: Schema) -> str:
    """What a value is, as HTML; a record as a link to it."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(map(_kind, schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        return " or ".join(f"<code>{escape(str(value))}</code>" for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    bounds = [f"{word} {schema[key]:,}" for key, word in _BOUNDS if key in schema]
    return escape(" ".join([str(schema.get("type", "anything")), f"({', '.join(bounds)})" if bounds else ""]).strip())


_BOUNDS = (("minimum", "from"), ("maximum", "to"), ("minLength", "at least"), ("maxLength", "at most"))


def _default(schema: Schema) -> str:
    return str(schema["default"]) if schema.get("default") not in (None, "", [], {}) else ""


def _found(schema: Schema, named: Schema) -> Schema:
    found: Schema = named.get(schema.get("$ref", "").rpartition("/")[2], schema)
    return found


def _code(text: str) -> str:
    """Text with what stands in back quotes as code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts))
