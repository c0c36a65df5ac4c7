"""Where the time of one request goes: queries, templates, the rest. Only requests that ask for it are counted."""

import time
from contextlib import contextmanager

from django.db import connection
from django.template.backends.django import Template

ASKED, ANSWER = "X-Bench", "X-Bench-Spent"
render = Template.render


class Spent:
    """What one request used."""

    def __init__(self):
        self.queries, self.sql, self.template, self._rendering = 0, 0.0, 0.0, False

    def execute(self, run, sql, params, many, context):
        began = time.perf_counter()
        try:
            return run(sql, params, many, context)
        finally:
            self.queries += 1
            self.sql += time.perf_counter() - began

    @contextmanager
    def rendering(self):
        """Templates render templates: only the outermost counts, without the queries it causes."""
        if self._rendering:
            yield
            return
        self._rendering, sql, began = True, self.sql, time.perf_counter()
        try:
            yield
        finally:
            self._rendering = False
            self.template += time.perf_counter() - began - (self.sql - sql)

    def __str__(self):
        return f"{self.queries} {self.sql * 1000:.2f} {self.template * 1000:.2f}"


class Counted:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if ASKED not in request.headers:
            return self.get_response(request)
        spent = Spent()

        def rendered(self, context=None, request=None):
            with spent.rendering():
                return render(self, context, request)

        Template.render = rendered
        try:
            with connection.execute_wrapper(spent.execute):
                response = self.get_response(request)
        finally:
            Template.render = render
        response.headers[ANSWER] = str(spent)
        return response
