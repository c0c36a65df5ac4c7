"""A signed-in person who asks for pages over kept connections, as a browser does."""

import http.client
import re
import time
import urllib.parse

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Browser:
    """One person. `cookies` may be shared with another server of the same installation."""

    def __init__(self, port, cookies=None):
        self.port, self.cookies = port, {} if cookies is None else cookies
        self._connection = None

    def connect(self):
        """A new connection, which one of the server's processes takes."""
        self.close()
        self._connection = http.client.HTTPConnection("localhost", self.port, timeout=60)
        self._connection.connect()

    def close(self):
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def ask(self, path, form=None, **headers):
        """Status, headers and body of one answer."""
        if self._connection is None:
            self.connect()
        body = urllib.parse.urlencode(form) if form is not None else None
        headers |= {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request("GET" if form is None else "POST", path, body, headers)
        response = self._connection.getresponse()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return response.status, response.headers, response.read().decode()

    def page(self, path):
        """The text of a page that must be there."""
        self.connect()
        status, _, text = self.ask(path)
        if status != 200:
            raise SystemExit(f"{path} answered {status}.")
        return text

    def sign_in(self, email, password):
        token = TOKEN.search(self.page("/accounts/login/"))[1]
        status, _, _ = self.ask(
            "/accounts/login/", {"csrfmiddlewaretoken": token, "login": email, "password": password}
        )
        if status != 302:
            raise SystemExit(f"The benchmark could not sign in: {status}.")

    def seconds(self, ask, wanted):
        """How long one answer took; another status than the wanted one ends the run."""
        path, form = ask()
        began = time.perf_counter()
        status, _, text = self.ask(path, form)
        took = time.perf_counter() - began
        if status != wanted:
            raise SystemExit(f"{path} answered {status}: {text[:300]}")
        return took
