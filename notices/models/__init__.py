from notices.models.contact import Channel, Consent, Contact, OptOut, Purpose
from notices.models.notice import Notice
from notices.models.task import Task

__all__ = ["Channel", "Consent", "Contact", "Notice", "OptOut", "Purpose", "Task"]
