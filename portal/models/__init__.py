from portal.models.page_text import Page, PageText

__all__ = ["Page", "PageText"]
