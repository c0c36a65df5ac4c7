"""What an event that is moved, postponed or canceled means for the posts that lead to it."""

from events.dependents import dependent
from portal import posting
from portal.models import Post


@dependent("posts")
def overtake(event):
    """None of them goes out by itself, and whoever wrote one is told: putting it right is theirs to write."""
    for post in Post.objects.standing_on(event).select_for_update(of=("self",)).select_related("owner"):
        post.event = event
        posting.overtaken(post=post)
