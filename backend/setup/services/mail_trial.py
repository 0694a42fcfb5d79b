"""Trying the mail server before somebody waits for a message that cannot leave."""

import smtplib

from django.core.mail import get_connection
from django.utils.translation import gettext as _


def mail_server_trouble() -> str:
    """Sign in to the mail server and leave again; return what is wrong in words, empty where it answers."""
    connection = get_connection()
    try:
        connection.open()
    except smtplib.SMTPAuthenticationError as error:
        return _("The mail server refuses the name or password (%(code)s).") % {"code": error.smtp_code}
    except smtplib.SMTPResponseException as error:
        return _("The mail server answers %(code)s.") % {"code": error.smtp_code}
    except (smtplib.SMTPException, OSError) as error:
        return _("The mail server cannot be reached: %(reason)s.") % {"reason": error.strerror or type(error).__name__}
    finally:
        connection.close()
    return ""
