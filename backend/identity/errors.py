"""Refusals of signing in at another system, and of setting one up."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, DomainError, Invalid


class ProviderAway(DomainError):
    """The other system does not answer, or answers nothing that can be used."""

    code = "provider_away"
    status = 503
    title = _("The other system does not answer. Please try again in a minute, or sign in with your password.")
    retry_after = 60


class SignInBroken(DomainError):
    """The other system sent nothing by which somebody can be signed in: too late, sent twice, or not from it."""

    code = "sign_in_broken"
    title = _("Signing in there did not work, or took too long. Please begin again, or sign in with your password.")


class NameNotKept(DomainError):
    """The other system names people anew at each sign-in, so that nobody is known again."""

    code = "name_not_kept"
    title = _(
        "The other system gives you another name each time you sign in there (a transient NameID). Whoever keeps it "
        "has to let it send a name that stays the same."
    )


class NotLinked(DomainError):
    """Nobody who may sign in here is known by what the other system says."""

    code = "not_linked"
    status = 403
    title = _(
        "The other system knows you, but none of our accounts is linked with that. Sign in with your password once, "
        "and link it on the page of your account; without an account, ask your school's administrator."
    )


class LinkTaken(Conflict):
    """The person there is linked with another account, or the account with another person there."""

    code = "link_taken"
    title = _("This is linked otherwise already. End the other link first, on the page of the account that has it.")


class ProviderExists(Conflict):
    """The school has a provider of the same address already."""

    code = "provider_exists"
    title = _("Your school has a sign-in with this address already. Please change that one.")


class ProviderCodeTaken(Conflict):
    """Another provider has the same code in its links."""

    code = "provider_code_taken"
    title = _("This code is taken already. Please choose another one.")


class TooManyProviders(Conflict):
    """The school has as many providers as one may have."""

    code = "too_many_providers"
    title = _("There are five sign-ins already. Please change one that you do not need.")


class ProviderUntried(Conflict):
    """Nobody has signed in by way of trial with the present settings."""

    code = "provider_untried"
    title = _("Try it first, with the button on its page: only what has worked once is switched on.")


class ProviderAddressRefused(Invalid):
    """The address is not https in the open internet, nor one that the installation lets in."""

    code = "provider_address_refused"
    title = _(
        "This address cannot be used: it has to begin with https:// and lie in the open internet. Addresses inside "
        "the school's network are let in by whoever runs the server."
    )


class ClientMissing(Invalid):
    """A provider of OpenID Connect is set up without the client that it knows."""

    code = "client_missing"
    title = _("Please say which client ID the other system has given to this one.")


class ClaimMissing(Invalid):
    """People are to be linked by a staff number, and it is not said what it is called there."""

    code = "claim_missing"
    title = _("Please say what the staff number is called there.")


class ProviderMetadataRefused(Invalid):
    """The metadata entered describe no such provider, or lead to an address that cannot be used."""

    code = "provider_metadata_refused"
    title = _(
        "People cannot sign in by these metadata. They have to be about the entity ID entered here, with an address "
        "for the redirect binding and a key of 2048 bits or more; or enter the https address at which they stand."
    )
