"""Leave out of Bootstrap's style sheet the components that no page uses: 9 of its 23 kilobytes, compressed.

A test fails when a template or module uses a class of a component that is left out; take it from the list then.
"""

import re

UNUSED = (
    *("accordion", "alert", "badge", "breadcrumb", "btn-close", "btn-group", "btn-toolbar", "card", "carousel"),
    *(
        "dropdown",
        "dropend",
        "dropstart",
        "dropup",
        "figure",
        "form-floating",
        "form-range",
        "icon-link",
        "img-thumbnail",
    ),
    *("input-group", "list-group", "modal", "nav", "navbar", "offcanvas", "page-item", "page-link", "pagination"),
    *("placeholder", "popover", "progress", "ratio", "spinner", "tab-content", "tab-pane", "toast", "tooltip", "vr"),
)
FIRST_CLASS = re.compile(r"(?:\[data-bs-theme=dark\]\s*)?\.([a-z-]+)")


def is_unused(name):
    """Whether a class belongs to a component that is left out."""
    return any(name == component or name.startswith(f"{component}-") for component in UNUSED)


def blocks(css):
    """The rules of one level: (what stands before the braces, what stands in them)."""
    start = 0
    while (opening := css.find("{", start)) != -1:
        end, depth = opening + 1, 1
        while depth:
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        yield css[start:opening], css[opening + 1 : end - 1]
        start = end


def selectors_kept(heading):
    """The selectors of a rule that some page may match. A list inside :not() or :is() is not taken apart."""
    selectors = [heading] if ":not(" in heading or ":is(" in heading else heading.split(",")
    firsts = [FIRST_CLASS.match(selector.strip()) for selector in selectors]
    return [selector for selector, first in zip(selectors, firsts, strict=True) if not (first and is_unused(first[1]))]


def trim(css):
    """The style sheet without the rules of unused components."""
    kept = []
    for heading, body in blocks(css):
        if heading.startswith("@media"):
            inner = trim(body)
            kept += [f"{heading}{{{inner}}}"] if inner else []
        elif heading.startswith("@"):
            kept.append(f"{heading}{{{body}}}")
        elif selectors := selectors_kept(heading):
            kept.append(f"{','.join(selectors)}{{{body}}}")
    return "".join(kept)
