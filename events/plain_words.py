"""Text of others as plain text: what programs wrote as HTML becomes the words that people would have read."""

import re
from html.parser import HTMLParser

from core.plain import lines

# Longer ones are cut before they are read.
MOST = 20_000
LOOKS_LIKE_HTML = re.compile(
    r"</?(?:a|b|blockquote|body|br|div|em|font|h[1-6]|html|i|li|ol|p|span|strong|table|td|tr|u|ul)\b[^<>]*>",
    re.IGNORECASE,
)
BREAKS = {"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"}
UNREAD = {"script", "style", "head", "title"}


class Words(HTMLParser):
    """Collects what people would read."""

    def __init__(self):
        super().__init__()
        self.found, self.unread = [], 0

    def handle_starttag(self, tag, attrs):
        self.unread += tag in UNREAD
        if tag in BREAKS:
            self.found.append("\n")

    def handle_endtag(self, tag):
        self.unread -= tag in UNREAD and self.unread > 0
        if tag in BREAKS - {"br"}:
            self.found.append("\n")

    def handle_data(self, data):
        if not self.unread:
            self.found.append(data)


def plain(text):
    """(the text as plain text, whether it was HTML)."""
    text = text[:MOST]
    is_html = LOOKS_LIKE_HTML.search(text) is not None
    if is_html:
        words = Words()
        words.feed(text)
        words.close()
        text = "".join(words.found)
    return re.sub(r"\n{3,}", "\n\n", lines(text)), is_html
