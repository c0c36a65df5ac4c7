"""Views read rows through a door that asks who reads: a check of the source, for `make lint`.

A model whose QuerySet has a door such as `visible_to` is guarded. In the views of an app, `Model.objects` of a guarded
model must be followed by a door; what else stands there is unscoped, unless it is named below with the reason.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "areas", "cases", "core", "desk", "events", "notices", "partners", "portal")
# Each takes the person who reads.
DOORS = {"visible_to", "search", "behind_glass_for", "owed_by", "readable_by", "roster_areas"}
ALLOWED = {
    # Areas are public: residents choose one on the front page.
    "Area.objects.current", "Area.objects.filter", "Area.objects.order_by",
    # What residents read of events, who are nobody we know.
    "Event.objects.shown",
    # Their own scope: whose token it is, whom the page for residents names.
    "Invitation.objects.with_token", "User.objects.holding",
    # What residents read, or read once.
    "Update.objects.published", "Update.objects.shown",
    # The newest text of a page that only coordinators edit.
    "PageText.objects.latest_version",
    # Supervisors may name any colleague who leaves.
    "get_user_model().objects.active",
}  # fmt: skip


def trees(root, *patterns):
    for app in APPS:
        for pattern in patterns:
            for path in sorted((root / app).glob(pattern)):
                yield path, ast.parse(path.read_text())


def classes(root):
    return [
        node
        for _path, tree in trees(root, "models.py", "models/*.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    ]


def has_door(node):
    return any(isinstance(part, ast.FunctionDef) and part.name in DOORS for part in node.body)


def guarded(root):
    """The names of the models whose rows are not for everybody."""
    known = classes(root)
    scoping = {node.name for node in known if has_door(node)}
    # A manager made from such a QuerySet scopes as well.
    scoping |= {
        node.name for node in known if any(name in ast.unparse(base) for base in node.bases for name in scoping)
    }
    return {
        node.name
        for node in known
        for part in node.body
        if isinstance(part, ast.Assign) and ast.unparse(part.targets[0]) == "objects"
        if any(name in ast.unparse(part.value) for name in scoping)
    } | {"get_user_model()"}


def unscoped(root):
    """(place, expression) of each reading in a view that asks nobody who reads."""
    models = guarded(root)
    for path, tree in trees(root, "*views.py", "views/*.py"):
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute)):
                continue
            owner, text = ast.unparse(node.value.value), ast.unparse(node)
            if node.value.attr == "objects" and owner in models and node.attr not in DOORS and text not in ALLOWED:
                yield f"{path.relative_to(root)}:{node.lineno}", text


def complaints():
    return [f"{place} reads {text} without asking who reads: start from visible_to" for place, text in unscoped(ROOT)]
