"""XML of callbacks: flat fields, read without entities and document types, so no document can grow
or reach out.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from typing import Any


class XmlError(ValueError):
    """The document is not what the vendor sends."""


class _NoDoctype(ElementTree.TreeBuilder):
    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """Entities live in a document type: none may begin."""
        raise XmlError("a document type")


def read_xml(text: bytes | str) -> dict[str, Any]:
    """The elements below the root by name: text, or for one with children the same again (a
    repeated name makes a list). Raises XmlError.
    """
    try:
        content = text.decode("utf-8") if isinstance(text, bytes) else text
        root = ElementTree.fromstring(content, parser=ElementTree.XMLParser(target=_NoDoctype()))
    except (ElementTree.ParseError, UnicodeDecodeError, RecursionError) as error:
        raise XmlError("not XML in UTF-8") from error
    return _children(root, 0)


def write_xml(fields: Mapping[str, Any]) -> str:
    """The fields as the vendor writes them: numbers plain, texts as CDATA."""
    return f"<xml>{''.join(_element(name, value) for name, value in fields.items())}</xml>"


def _children(node: ElementTree.Element, depth: int) -> dict[str, Any]:
    if depth > 8:
        raise XmlError("too deep")
    found: dict[str, Any] = {}
    for child in node:
        value = _children(child, depth + 1) if len(child) else (child.text or "")
        if child.tag in found:
            known = found[child.tag]
            found[child.tag] = [*(known if isinstance(known, list) else [known]), value]
        else:
            found[child.tag] = value
    return found


def _element(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        inner = "".join(_element(key, part) for key, part in value.items())
    elif isinstance(value, list):
        return "".join(_element(name, part) for part in value)
    else:
        inner = (
            str(value)
            if isinstance(value, int)
            else f"<![CDATA[{str(value).replace(']]>', ']]]]><![CDATA[>')}]]>"
        )
    return f"<{name}>{inner}</{name}>"
