"""What the unit of Alder Bay told its residents: pages in both languages, and posts in channels that do not exist."""

from dataclasses import dataclass
from datetime import time, timedelta

import pgtrigger

from liaison.demo import city
from notices.walltime import local_to_utc
from portal import owed
from portal.models import Post, Posting, Update, UpdateVersion


@dataclass(frozen=True)
class Page:
    """An update: when it was published, so many days ago, and in how many days somebody looks at it again.

    Without a day it is a draft, or waits for approval. `changed` is how many days ago its second version came.
    """

    kind: str
    en: tuple
    es: tuple
    published: int | None = None
    review: int = 120
    waits: bool = False
    changed: int | None = None
    why: tuple = ("", "")
    withdrawn: int | None = None


PAGES = (
    Page(
        "news",
        (
            "Officers' hours at the Eastgate Library",
            "On Tuesdays from 16:00 to 18:00 an officer of this unit sits in room 2 of the Eastgate Library, 4 "
            "Tollhouse Street.\n\nCome with a question or a worry. You need no appointment and give no name.",
        ),
        (
            "Horas de atención en la Biblioteca Eastgate",
            "Los martes de 16:00 a 18:00 un oficial de esta unidad está en la sala 2 de la Biblioteca Eastgate, 4 "
            "Tollhouse Street.\n\nVenga con una pregunta o una preocupación. No necesita cita ni dar su nombre.",
        ),
        published=40,
        changed=12,
        why=(
            "The first version said Thursdays. The officer is there on Tuesdays.",
            "La primera versión decía jueves. El oficial está los martes.",
        ),
    ),
    Page(
        "safety",
        (
            "Somebody at your door says they come from the police",
            "Officers show a card with their name and a number. You may keep the door closed while you check.\n\n"
            "## How to check\n\nCall {phone} and read out the number on the card. In danger? Call {emergency}.",
        ),
        (
            "Alguien en su puerta dice que viene de la policía",
            "Los oficiales muestran una tarjeta con su nombre y un número. Puede dejar la puerta cerrada mientras lo "
            "comprueba.\n\n## Cómo comprobarlo\n\nLlame al {phone} y lea el número de la tarjeta. ¿En peligro? "
            "Llame al {emergency}.",
        ),
        published=75,
    ),
    Page(
        "correction",
        (
            "No, there is no curfew at Pier Steps",
            "Messages say that nobody may be at Pier Steps after 22:00. That is not true. The stairs are closed on "
            "weekdays from 9:00 to 15:00 for repairs, and at no other time.",
        ),
        (
            "No, no hay toque de queda en Pier Steps",
            "Hay mensajes que dicen que nadie puede estar en Pier Steps después de las 22:00. No es cierto. Las "
            "escaleras están cerradas de lunes a viernes de 9:00 a 15:00 por reparaciones, y a ninguna otra hora.",
        ),
        published=6,
    ),
    Page(
        "safety",
        (
            "Lights for your bicycle in the dark months",
            "At the Kestrel Park Pavilion we put lights on bicycles for nothing, on Saturdays from 10:00 to 13:00.",
        ),
        (
            "Luces para su bicicleta en los meses oscuros",
            "En el Pabellón de Kestrel Park ponemos luces en las bicicletas sin costo, los sábados de 10:00 a 13:00.",
        ),
        published=210,
        review=-12,
    ),
    Page(
        "news",
        (
            "Mediation for tenants and landlords",
            "Rent, repairs or noise: somebody who takes no side can help you talk, in English and Spanish, free of "
            "charge. Call {phone} ({hours}).",
        ),
        (
            "Mediación para inquilinos y propietarios",
            "Renta, reparaciones o ruido: alguien que no toma partido puede ayudarles a hablar, en inglés y español, "
            "sin costo. Llame al {phone} ({hours}).",
        ),
        published=19,
    ),
    Page(
        "news",
        ("Parking at the Northfield Hall", "During the market the parking lot of the Northfield Hall is closed."),
        (
            "Estacionamiento en Northfield Hall",
            "Durante el mercado el estacionamiento de Northfield Hall está cerrado.",
        ),
        published=30,
        withdrawn=28,
        why=("The market was called off.", "El mercado fue cancelado."),
    ),
    Page(
        "safety",
        ("What to do when a neighbor's alarm rings", "Do not go in. Call {emergency} if you see somebody break in."),
        (
            "Qué hacer cuando suena la alarma de un vecino",
            "No entre. Llame al {emergency} si ve que alguien entra por la fuerza.",
        ),
        waits=True,
    ),
    Page(
        "news",
        ("New officer for Mill Row", "From next month Mill Row has an officer of its own."),
        ("", ""),
    ),
)

# what it is about, English, Spanish, the page it leads to, posted so many days ago, the post it corrects
POSTS = (
    (
        "Hours at the library",
        "An officer of the unit is at the Eastgate Library on Thursdays from 16:00 to 18:00.",
        "Un oficial de la unidad está en la Biblioteca Eastgate los jueves de 16:00 a 18:00.",
        None, 40, None,
    ),
    (
        "Hours at the library",
        "The officer is at the Eastgate Library on Tuesdays, not Thursdays.",
        "El oficial está en la Biblioteca Eastgate los martes, no los jueves.",
        0, 12, 0,
    ),
    (
        "No curfew at Pier Steps",
        "There is no curfew at Pier Steps. The stairs are closed on weekdays from 9:00 to 15:00 for repairs.",
        "No hay toque de queda en Pier Steps. Las escaleras están cerradas de lunes a viernes de 9:00 a 15:00.",
        2, None, None,
    ),
)  # fmt: skip
PLACE = "Notice board of Alder Bay"


def make(users, today):
    """Every page and post, made where missing: an officer writes, a supervisor approves."""
    models = (Update, UpdateVersion, Post)
    # They are made in several steps, of which nobody did any.
    resting = [trigger.get_uri(model) for model, trigger in pgtrigger.registered() if model in models]
    with pgtrigger.ignore(*resting):
        pages = [_page(number, page, users, today) for number, page in enumerate(PAGES)]
        posts = []
        for number, told in enumerate(POSTS):
            posts.append(_post(number, told, pages, posts, users, today))


def _at(today, days, clock=time(10)):
    return local_to_utc(today - timedelta(days=days), clock)


def _page(number, page, users, today):
    reference = f"N-26-{city.mark('update', str(number))}"
    known = Update.objects.filter(reference=reference).first()
    if known is not None:
        return known
    owner, made = users["imani"], _at(today, (page.published or 1) + 2)
    update = Update(reference=reference, owner=owner, made_at=made)
    update.save()
    update.writers.add(owner)
    update.newest = _version(update, 1, page, users, today, page.published)
    if page.changed is not None:
        update.newest = _version(update, 2, page, users, today, page.changed)
    _stand(update, page, users, today)
    update.save()
    _owe(update)
    return update


def _version(update, number, page, users, today, days):
    out = {} if days is None else {"published_at": _at(today, days), "published_by": users["osei"]}
    why = dict(zip(("why_en", "why_es"), page.why, strict=True)) if number > 1 else {}
    was_wrong = number == 1 and page.changed is not None
    body_en, body_es = page.en[1], page.es[1]
    if was_wrong:
        body_en, body_es = body_en.replace("Tuesdays", "Thursdays"), body_es.replace("martes", "jueves")
    return UpdateVersion.objects.create(
        update=update, number=number, kind=page.kind, title_en=page.en[0], title_es=page.es[0], body_en=body_en,
        body_es=body_es, review_on=today + timedelta(days=page.review), written_at=update.made_at,
        written_by=update.owner, changed_at=update.made_at, changed_by=update.owner, **out, **why,
    )  # fmt: skip


def _stand(update, page, users, today):
    """Bring it where its story says."""
    if page.waits:
        update.state, update.sent_at, update.sent_by = Update.State.WAITING, _at(today, 1), update.owner
    if page.published is not None:
        update.state, update.in_force = Update.State.PUBLISHED, update.newest
        update.published_at = _at(today, page.published)
    if page.withdrawn is not None:
        update.state, update.withdrawn_by = Update.State.WITHDRAWN, users["osei"]
        update.withdrawn_at = _at(today, page.withdrawn)
        update.withdrawn_why_en, update.withdrawn_why_es = page.why


def _owe(update):
    if update.is_waiting:
        owed.approval(update)
    elif update.is_shown:
        owed.review(update)


def _post(number, told, pages, posts, users, today):
    title, english, spanish, page, days, corrects = told
    reference = f"B-26-{city.mark('post', str(number))}"
    known = Post.objects.filter(reference=reference).first()
    if known is not None:
        return known
    owner, made = users["imani"], _at(today, (days or 1) + 1)
    post = Post(
        reference=reference, owner=owner, changed_by=owner, made_at=made, changed_at=made, title=title,
        long_en=english, long_es=spanish, update=None if page is None else pages[page],
        corrects=None if corrects is None else posts[corrects],
    )  # fmt: skip
    if days is None:
        post.state, post.sent_at, post.sent_by = Post.State.WAITING, _at(today, 1), owner
    else:
        post.state, post.approved_at, post.approved_by = Post.State.POSTED, _at(today, days), users["osei"]
        post.posted_at = _at(today, days, time(11))
    post.save()
    post.writers.add(owner)
    if days is None:
        owed.approval(post)
    else:
        _by_hand(post, owner)
    return post


def _by_hand(post, owner):
    """The demo has no channels: somebody pinned it up."""
    for _length, language, text in post.texts():
        Posting.objects.create(
            post=post, channel=PLACE, language=language, text=text, state=Posting.State.BY_HAND,
            queued_at=post.posted_at, ended_at=post.posted_at, confirmed_by=owner,
        )  # fmt: skip
