"""What each source of referral means. The list is closed and exact, so that a figure by source can be believed."""

from django.utils.translation import gettext_lazy as _

from cases.models import Case

DEFINITIONS = {
    Case.Source.PATROL: _("An officer on patrol or answering a call passed it on. Add the incident number."),
    Case.Source.SELF: _(
        "One of the people in the conflict asked us, by phone, in writing or online, and nobody sent them."
    ),
    Case.Source.COURT: _(
        "A court or its clerk sent it. A small-claims case counts here, whichever town the court is in."
    ),
    Case.Source.HOUSING: _("A landlord, property manager, housing authority or tenants' association sent it."),
    Case.Source.SCHOOL: _("A school, college or its police officer sent it."),
    Case.Source.AGENCY: _("Another public agency or a service sent it: health, code enforcement, animal control, 311."),
    Case.Source.COUNCIL: _("An elected official or their office sent it."),
    Case.Source.WALK_IN: _("Somebody came to one of our desks without having been sent."),
    Case.Source.EVENT: _("It was raised with us at a meeting or event of ours."),
}
