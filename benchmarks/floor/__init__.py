"""The floor: what nobody goes below who signs people in and shows these rows with Django.

Django's own middleware, plain ORM by `values()`, one plain template a page without includes: no shell, no forms, no
rules, no audit.
"""
