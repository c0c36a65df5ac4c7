from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.urls import reverse

from accounts.models import Invitation, Role, User
from core.states import MoveNotAllowed


class Command(BaseCommand):
    help = "Invite a coordinator and print the link: how the first person of an installation comes in."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("name", help="as they sign, for example “R. Imani”")
        parser.add_argument("--language", default="en", choices=[code for code, _ in settings.LANGUAGES])

    def handle(self, *, email, name, language, **options):
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is no e-mail address.") from error
        if User.objects.filter(email=email.lower()).exists():
            raise CommandError(f"{email} has an account already.")
        self.stdout.write(self.link(email, name, language))

    def link(self, email, name, language):
        """The address to open: of a new invitation, or a fresh one of an invitation that still stands."""
        standing = Invitation.objects.open().filter(email=email.lower()).first()
        try:
            if standing is not None:
                token = standing.renew(by="command")
            else:
                invite = Invitation.objects.invite
                _, token = invite(email, name=name, roles=[Role.COORDINATOR], by="command", language=language)
        except MoveNotAllowed as error:
            raise CommandError(str(error)) from error
        return settings.PUBLIC_URL + reverse("accounts:invitation_accept", args=[token])
