"""The staff of Alder Bay, and where their generated passwords are written."""

import os
import secrets
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.utils import timezone

from accounts.models import AreaServed, Duty, Role, RoleGrant, User
from liaison.demo import city
from notices.models import Contact

DOMAIN = "alderbay.example"
# Letters and figures that are not mistaken for one another.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Person:
    """One member of staff: how they sign, what they are, where they serve."""

    key: str
    name: str
    role: Role
    areas: tuple = ()

    @property
    def email(self):
        return f"{self.key}@{DOMAIN}"


OFFICERS = (
    Person("imani", "Ofc. R. Imani", Role.OFFICER, ("AB-H2", "AB-H4")),
    Person("castellow", "Ofc. D. Castellow", Role.OFFICER, ("AB-H1", "AB-H3")),
    Person("velarde", "Ofc. T. Velarde", Role.OFFICER, ("AB-H2", "AB-H3")),
    Person("oyelami", "Ofc. S. Oyelami", Role.OFFICER, ("AB-H4", "AB-H1")),
    Person("brackwell", "Ofc. J. Brackwell", Role.OFFICER, ("AB-F1", "AB-F2")),
    Person("nakadai", "Ofc. P. Nakadai", Role.OFFICER, ("AB-F3", "AB-F4")),
    Person("hesselby", "Ofc. M. Hesselby", Role.OFFICER, ("AB-F2", "AB-F3")),
    Person("quillon", "Ofc. A. Quillon", Role.OFFICER, ("AB-F4", "AB-F1")),
)
MEDIATORS = (
    Person("farrowby", "N. Farrowby", Role.MEDIATOR, ("AB-H", "AB-F")),
    Person("sandovar", "E. Sandovar", Role.MEDIATOR, ("AB-H", "AB-F")),
)
SUPERVISORS = (
    Person("osei", "Sgt. M. Osei", Role.SUPERVISOR, ("AB-H",)),
    Person("aldana", "Sgt. V. Aldana", Role.SUPERVISOR, ("AB-F",)),
    Person("marrow", "Lt. H. Marrow", Role.SUPERVISOR, ("AB-H", "AB-F")),
)
OTHERS = (
    Person("penhallow", "K. Penhallow", Role.COORDINATOR),
    Person("brightwell", "Y. Brightwell", Role.ANALYST),
    Person("ashcombe", "F. Ashcombe", Role.RECORDS_OFFICER),
    Person("ilvesson", "G. Ilvesson", Role.RECORDS_OFFICER),
    Person("whitlow", "B. Whitlow", Role.VICTIM_ADVOCATE, ("AB-H", "AB-F")),
)
STAFF = OFFICERS + SUPERVISORS + OTHERS[:1] + MEDIATORS + OTHERS[1:]
# One of each role is enough to look round; seals and requests by people need a second person of the same role.
SHOWN = ("imani", "osei", "marrow", "penhallow", "brightwell", "ashcombe", "ilvesson", "farrowby", "whitlow")
# Beyond this many cases the city gets one more officer for each so many.
CASES_EACH = 400
JOINED_BEFORE = 500


def further_officers(cases):
    """The officers that a larger city needs, so that nobody has ten thousand cases."""
    areas = [person.areas for person in OFFICERS]
    return [
        Person(f"officer{number:03}", f"Ofc. No. {number:03}", Role.OFFICER, areas[number % len(areas)])
        for number in range(1, (cases - 1) // CASES_EACH + 1)
    ]


def make_staff(people, areas, today):
    """{key: user} of all, and {key: password} of those made now who may sign in."""
    known = {user.email: user for user in User.objects.filter(email__in=[person.email for person in people])}
    users, passwords = {}, {}
    for person in people:
        if person.email not in known:
            password = new_password() if person.key in SHOWN else None
            known[person.email] = _make(person, password, areas, today)
            if password:
                passwords[person.key] = password
        users[person.key] = known[person.email]
    return users, passwords


def _make(person, password, areas, today):
    contact = Contact.objects.create(
        name=person.name, email=person.email, may_email=True, language="en", confirmed_on=today
    )
    joined = timezone.make_aware(datetime.combine(today - timedelta(days=JOINED_BEFORE), time(9)))
    reference = f"U-26-{city.mark(person.key)}"
    user = User(reference=reference, email=person.email, name=person.name, contact=contact, joined_at=joined)
    user.set_password(password)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    RoleGrant.objects.create(user=user, role=person.role, granted_at=user.joined_at)
    AreaServed.objects.bulk_create(AreaServed(user=user, area=areas[code]) for code in person.areas)
    return user


def make_duties(users, areas, today, days=14):
    """Who answers for each precinct in the coming two weeks."""
    Duty.objects.bulk_create(
        (
            Duty(area=areas[code], day=today + timedelta(days=number), supervisor=users[key])
            for code, key in (("AB-H", "osei"), ("AB-F", "aldana"))
            for number in range(days)
        ),
        ignore_conflicts=True,
    )


def new_password():
    """Four groups of four: 79 bits, and easy to type from paper."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def set_new_passwords(users):
    """{key: password} after giving each of the people shown a new one."""
    passwords = {}
    for key in SHOWN:
        passwords[key] = new_password()
        users[key].set_password(passwords[key])
        users[key].save(update_fields=["password"])
    return passwords


def signins_file():
    return settings.LIAISON_HOME / "demo-signins.txt"


def write_signins(passwords):
    """One line for each person, in a file that only its owner reads."""
    people = {person.key: person for person in STAFF}
    lines = [
        f"{str(people[key].role.label):<17} {people[key].name:<13} {people[key].email:<27} {passwords[key]}"
        for key in SHOWN
        if key in passwords
    ]
    path = signins_file()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write("\n".join(lines) + "\n")
