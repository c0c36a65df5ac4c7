"""What depends on an event on the floors above, and must know when it is moved, postponed or canceled.

Nothing here knows who that is. Whatever counts on an event, such as a post that leads to it, registers a function in
the `event_changes.py` of its app:

    @dependent("posts")
    def overtake(event):
        \"\"\"What may still go out waits for a person.\"\"\"

It is called in the transaction of the act, with the event held, so nothing goes out in between as if the event stood.
"""

registered = {}


def dependent(name):
    """Register a function that is called with each event of which people are told that it changed."""

    def register(function):
        if registered.get(name, function) is not function:
            raise ValueError(f"Two functions are told of events as {name}.")
        registered[name] = function
        return function

    return register


def tell(event):
    """It will not be as it was announced."""
    for function in registered.values():
        function(event)
