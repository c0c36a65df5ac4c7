from portal.models.page_text import Page, PageText
from portal.models.post import Post
from portal.models.posting import Posting
from portal.models.update import Update, UpdateVersion

__all__ = ["Page", "PageText", "Post", "Posting", "Update", "UpdateVersion"]
