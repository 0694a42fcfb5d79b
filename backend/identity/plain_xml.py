"""XML of other systems, read without anything that a document could declare for itself."""

from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser


class Unreadable(ValueError):
    """The bytes are no XML, or it declares a document type: by that alone it could grow, or lead elsewhere."""


class _Plain(TreeBuilder):
    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        """Refuse it: entities are declared there, and files outside are named there."""
        raise Unreadable


class _Bare(_Plain):
    def comment(self, _text: str | None) -> Element:
        """Refuse it: two readers may cut a text in two at a comment, or not."""
        raise Unreadable

    def pi(self, _target: str, _text: str | None = None) -> Element:
        """Refuse it as well."""
        raise Unreadable


def document_read(body: bytes | str, *, is_bare: bool = False) -> Element:
    """Return the root of a document, a bare one without comments and instructions; raise Unreadable."""
    parser = XMLParser(target=_Bare() if is_bare else _Plain())  # noqa: S314 - it refuses every document type
    try:
        parser.feed(body.strip())
        root: Element = parser.close()
    except (ParseError, LookupError, ValueError) as error:
        # A ValueError is an encoding that takes several bytes for a sign, as GBK: the reader knows none but its own.
        raise Unreadable from error
    return root
