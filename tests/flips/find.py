"""Every flip that can be made in the source, found by reading it with `ast`: none is listed by hand."""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from liaison.scoped import APPS

SCOPES = {"visible_to", "behind_glass_for", "owed_by"}
LOCKS = {"select_for_update", "locked"}
# What every member of staff may see: asking for all of it is the same.
OF_EVERYBODY = re.compile(r"(Area|Venue|areas\b|self\b)")
REFUSALS = {
    "MoveNotAllowed",
    "Gone",
    "GateClosed",
    "EditConflict",
    "AlreadyBooked",
    "SuspiciousOperation",
    "ChoiceChanged",
}
SECURITY = re.compile(
    r"SECURE_|SESSION_|CSRF_COOKIE|LANGUAGE_COOKIE_|COOKIE_PREFIX|CONTENT_SEC|PERMISSIONS_P|AXES_(FAIL|LOCK)"
)
SECURITY_EXCEPT = {"SESSION_COOKIE_AGE", "SECURE_PROXY_SSL_HEADER", "AXES_LOCKOUT_TEMPLATE"}


@dataclass(frozen=True)
class Flip:
    """One change of one file: the text between two places becomes another."""

    kind: str
    path: str
    where: str
    line: int
    start: int
    end: int
    text: str

    def __str__(self):
        return f"{self.kind}: {self.path}:{self.line} {self.where}"

    def applied(self, source):
        return source[: self.start] + self.text + source[self.end :]


class Source:
    """A file, its tree, and the way from a node to a place in the text."""

    def __init__(self, root, path):
        self.path, self.text = str(path.relative_to(root)), path.read_text()
        self.tree = ast.parse(self.text)
        self.starts = [0]
        for line in self.text.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line.encode()))
        self.bytes = self.text.encode()

    def at(self, line, column):
        return len(self.bytes[: self.starts[line - 1] + column].decode())

    def span(self, node):
        return self.at(node.lineno, node.col_offset), self.at(node.end_lineno, node.end_col_offset)

    def flip(self, kind, where, node, text):
        start, end = self.span(node)
        return Flip(kind, self.path, where, node.lineno, start, end, text)

    def functions(self):
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)]


def body_of(function):
    """The statements of a function without its docstring, as one node from the first to the last."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    whole = ast.Pass(lineno=body[0].lineno, col_offset=body[0].col_offset)
    whole.end_lineno, whole.end_col_offset = body[-1].end_lineno, body[-1].end_col_offset
    return whole


def rules(source):
    """Each predicate says yes to all, and no to all."""
    if not source.path.endswith("/rules.py"):
        return
    for function in source.functions():
        for answer in ("True", "False"):
            yield source.flip("rule", f"{function.name} is always {answer}", body_of(function), f"return {answer}")


def scopes(source):
    """Each scope lets everybody in, or nobody where all may see everything; and each use of one is left out."""
    for function in source.functions():
        if function.name in SCOPES:
            whole = ast.get_source_segment(source.text, function)
            text = (
                "return self.none()"
                if re.search(r"^ +return self$", whole, re.M) and "none()" not in whole
                else "return self"
            )
            yield source.flip("scope", f"{function.name} gives {text.removeprefix('return ')}", body_of(function), text)
        for node in calls(function, SCOPES):
            if OF_EVERYBODY.match(ast.get_source_segment(source.text, node)):
                continue
            if not source.path.endswith("models.py") and "/models/" not in source.path:
                yield source.flip("scope", f"{function.name} asks for all", node, unscoped(source, node))


def unscoped(source, call):
    return f"{ast.get_source_segment(source.text, call.func.value)}.all()"


def calls(function, names):
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            yield node


def guards(source):
    """Each `require(...)` of a view is left out."""
    for function in source.functions():
        for node in ast.walk(function):
            call = node.value if isinstance(node, ast.Expr) else None
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "require":
                yield source.flip("guard", f"{function.name} requires nothing", node, "pass")


def locks(source):
    """Each row lock and each advisory lock is left out, each form acts as often as it is sent."""
    for function in source.functions():
        for node in calls(function, LOCKS):
            yield source.flip("lock", f"{function.name} without {node.func.attr}", node, unscoped(source, node))
        for node in ast.walk(function):
            segment = ast.get_source_segment(source.text, node) if isinstance(node, ast.Expr) else ""
            if segment.startswith("cursor.execute") and "pg_advisory_xact_lock" in segment:
                yield source.flip("lock", f"{function.name} without its advisory lock", node, "pass")
        for decorator in function.decorator_list:
            if getattr(decorator, "id", "") == "once":
                yield source.flip("lock", f"{function.name} acts each time", decorator, "(lambda view: view)")


def gates(source):
    """Each refusal of a model stays away: what is not allowed now is done."""
    for function in source.functions():
        for node in ast.walk(function):
            if isinstance(node, ast.If) and len(node.body) == 1 and raises(node.body[0]):
                yield source.flip("gate", f"{function.name} refuses nothing", node.test, "False")


def raises(statement):
    if not isinstance(statement, ast.Raise) or not isinstance(statement.exc, ast.Call):
        return False
    return getattr(statement.exc.func, "id", "") in REFUSALS


def middlewares(source):
    """Each part of the chain around a request is left out."""
    if source.path != "liaison/settings.py":
        return
    for node in source.tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "MIDDLEWARE":
            for one in node.value.elts:
                yield source.flip("middleware", one.value, one, "*()")


def settings(source):
    """Each setting of headers, cookies, sessions and sign-in is turned off or forgotten."""
    if source.path != "liaison/settings.py":
        return
    for node in source.tree.body:
        if isinstance(node, ast.Assign):
            names = [name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)]
            for name in names:
                if SECURITY.match(name) and name not in SECURITY_EXCEPT:
                    yield weakened(source, node, name)


def weakened(source, node, name):
    """What is on is off; what is neither is not set, and means what the library means by that."""
    segment = ast.get_source_segment(source.text, node)
    value = ast.get_source_segment(source.text, node.value)
    if name in OTHERWISE:
        text = f"{name} = {OTHERWISE[name]}"
    elif value in ("True", "HTTPS") or value.startswith("env.bool"):
        text = f"{name} = False"
    elif value == "False":
        text = f"{name} = True"
    else:
        text = f"del {name}"
    return source.flip("setting", text, node, f"{segment}\n{text}")


# Where forgetting a setting means the same, or another setting needs the name.
OTHERWISE = {
    "COOKIE_PREFIX": '""',
    "SESSION_COOKIE_NAME": '"session"',
    "CSRF_COOKIE_NAME": '"csrf"',
    "LANGUAGE_COOKIE_NAME": '"language"',
    "SESSION_COOKIE_SAMESITE": "None",
    "CSRF_COOKIE_SAMESITE": "None",
    "LANGUAGE_COOKIE_SAMESITE": "None",
    "SESSION_IDLE": "timedelta(hours=9)",
    "SESSION_ABSOLUTE": "timedelta(hours=99)",
    "SECURE_REFERRER_POLICY": '"unsafe-url"',
    "SECURE_HSTS_SECONDS": "0",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": "False",
    "SECURE_REDIRECT_EXEMPT": "[]",
    "AXES_LOCKOUT_PARAMETERS": '["ip_address"]',
}
FINDERS: tuple[Callable, ...] = (rules, scopes, guards, locks, gates, middlewares, settings)


def files(root):
    for app in APPS:
        yield from sorted(path for path in (root / app).rglob("*.py") if "migrations" not in path.parts)
    yield root / "liaison" / "settings.py"


def every_flip(root: Path):
    """All flips of a tree, in the order of files and kinds."""
    found = {}
    for path in files(root):
        source = Source(root, path)
        for finder in FINDERS:
            # A function inside another is met twice.
            found |= {(one.path, one.start, one.text): one for one in finder(source)}
    return list(found.values())
