"""The texts of public pages as they are before an agency writes its own."""

from django.utils.translation import gettext_lazy as _

from portal.models import Page

BUILT_IN = {
    Page.PRIVACY: [
        _("This page says what the {unit} keeps about you, who can read it, and what you can ask of us."),
        _("## When you only read these pages"),
        _(
            "We do not ask who you are. We use no trackers and no services of other companies. We set a cookie "
            "only if you choose a language or colors, or send a form; it holds that choice or protects the form, "
            "and says nothing about you."
        ),
        _("## When you ask us for help"),
        _(
            "If you ask for mediation or a referral, we write down what we need to help: the name you want to be "
            "called, how we may reach you safely, and what it is about. You do not have to give your legal name, "
            "and you can leave out anything you do not want to say."
        ),
        _("We call, write or text only in the ways you said are safe. A message never says what your case is about."),
        _("## Who can read it"),
        _(
            "Only staff who work on your case and their supervisor. Some notes are sealed: only the people who "
            "lead the mediation can open them. Every opening is recorded, and we check that record."
        ),
        _(
            "We do not give it to officers who investigate crimes, except where a law or a court orders it, or to "
            "prevent serious harm to somebody. What you say in "
            "mediation stays confidential, within limits that we explain before you start."
        ),
        _("## How long we keep it"),
        _("Each kind of record has a date after which it is deleted. Ask us and we tell you the date for yours."),
        _("## What you can ask"),
        _(
            "You can ask for a copy of what we keep about you, for a correction, or for deletion. It costs "
            "nothing and does not change how we treat you. Call {phone} or write to {email}. If we say no, we "
            "give you the reason in writing, and you can take it to {complaint_body}: {complaint_phone}."
        ),
    ],
    Page.ACCESSIBILITY: [
        _(
            "Everybody should be able to use these pages: with a keyboard, a screen reader, large letters, a "
            "small phone or a slow connection. They work without JavaScript."
        ),
        _(
            "We build them to the Web Content Accessibility Guidelines 2.2, level AA, and test each page by "
            "machine and by hand."
        ),
        _("## If something does not work for you"),
        _(
            "Call {phone} ({hours}) or write to {email}. Tell us which page it was. We answer within 5 working "
            "days, and meanwhile we do what you needed by phone, by letter or in person."
        ),
        _("## Meetings"),
        _(
            "Tell us what you need: a room without steps, an interpreter, a sign-language interpreter, a quiet "
            "place, somebody with you. We arrange it and it costs you nothing."
        ),
    ],
    Page.COMPLAINTS: [
        _(
            "You can complain about an officer, about the police, or about how we treated you. You do not need a "
            "lawyer, and nobody may treat you worse because you complained."
        ),
        _("## Complaints about police"),
        _(
            "They go to {complaint_body}. Call {complaint_phone}. They do not work for this unit, and we do not "
            "see your complaint before they do."
        ),
        _("## Complaints about this unit"),
        _(
            "You can also tell us: call {phone} or write to {email}. A supervisor who was not involved answers "
            "you. You can still go to {complaint_body} at any time."
        ),
        _("## What helps"),
        _(
            "Say what happened, when and where, and what you would like to come of it. Names, badge numbers, "
            "photos and messages help, but you do not need them."
        ),
        _("In danger now, or a crime is happening? Call {emergency}."),
    ],
    Page.MEDIATION: [
        _(
            "Mediation is a talk between people in a dispute, led by somebody who takes no side. It is for "
            "neighbors, families, tenants, shops and groups. It is voluntary: anybody may say no or stop at any "
            "time, and that has no consequences."
        ),
        _("## How it goes"),
        _(
            "First we speak with each side alone. We ask what happened, what you need, and whether it is safe to "
            "meet. If it is not, we do not hold a meeting."
        ),
        _(
            "If both sides agree, we find a time and a neutral place. You can bring somebody. Interpreters are "
            "free. You do not have to be in one room: we can also go between you."
        ),
        _("If you find an agreement, you write it in your own words. We ask after 30 and 90 days how it goes."),
        _("## What it is not"),
        _(
            "It is not a court and not an investigation. Nobody decides who is right. What is said there stays "
            "there, except where somebody is in serious danger."
        ),
        _("## How to ask"),
        _("Call {phone} ({hours}), write to {email}, or speak with an officer of your area."),
    ],
    Page.ABOUT: [
        _(
            "This site is run by the {unit}. On it you find who is responsible for your area, how we help to settle "
            "disputes, and how to complain."
        ),
        _("It is not for reporting crimes. In danger now? Call {emergency}."),
        _("## Languages"),
        _(
            "You can read these pages in the languages named at the top. If a text is not translated yet, we show "
            "it in English and say so. On the phone and in meetings we work with interpreters in any language, "
            "and that costs you nothing."
        ),
    ],
}
