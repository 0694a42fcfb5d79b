"""Refusals about files, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, DomainError, Invalid


class FilesAway(DomainError):
    """The store that holds the contents of files does not answer, or is full."""

    code = "files_away"
    status = 503
    title = _("Files cannot be stored or shown at the moment. Please try again in a minute.")
    retry_after = 60


class FileTooLarge(Invalid):
    """The file has more bytes than one may have."""

    code = "file_too_large"
    status = 413
    title = _("This file is too large.")


class FileNameUnsafe(Invalid):
    """The name is a path, or holds signs that are not seen or turn the reading direction."""

    code = "file_name_unsafe"
    title = _("This name cannot be taken: it holds a slash or invisible signs. Rename the file and choose it again.")


class TooManyFiles(Conflict):
    """As many files are kept with one thing as may be."""

    code = "too_many_files"
    title = _("There are as many files here as there may be.")


class TooManyUploads(Conflict):
    """One person has begun to send as many files as may be on their way."""

    code = "too_many_uploads"
    title = _("Too many of your files are still on their way. Finish sending these first.")


class PartWrong(Invalid):
    """The number or the length of a part does not fit the file."""

    code = "part_wrong"
    title = _("This part does not fit the file: look at part_size and parts.")


class PartDiffers(Conflict):
    """Another content arrived as the same part before."""

    code = "part_differs"
    title = _("This part arrived before with another content. Send the file anew.")


class PartsMissing(Conflict):
    """The file was said to be complete before all its parts were here."""

    code = "parts_missing"
    title = _("The file is not here whole: some parts are missing.")


class UploadOver(Conflict):
    """The file takes no parts any more."""

    code = "upload_over"
    title = _("This file takes no parts any more.")


class FileRefused(DomainError):
    """The content of a file that arrived is not one that is kept."""

    code = "file_refused"
    title = _("This file cannot be kept.")


class FileDamaged(FileRefused):
    """The content is not what was announced, or cannot be read."""

    code = "file_damaged"
    title = _("The file is damaged or did not arrive whole. Please choose it again.")


class FileKindRefused(FileRefused):
    """The content is of a kind that is not on the list."""

    code = "file_kind_refused"
    title = _(
        "This kind of file is not taken. You can send photos (JPEG, PNG, WebP, HEIC), PDF, Word, Excel and PowerPoint "
        "files, and plain text."
    )


class FileAmbiguous(FileRefused):
    """The content is of two kinds at once, so that two programs would read two things."""

    code = "file_ambiguous"
    title = _("This file holds something else besides what it seems to be. Save it anew and choose it again.")


class FileUnpacksTooLarge(FileRefused):
    """The content becomes far larger once it is unpacked."""

    code = "file_unpacks_too_large"
    title = _("This file becomes far too large once it is opened.")


class FileHasMacros(FileRefused):
    """The document holds programs."""

    code = "file_has_macros"
    title = _("This document holds macros. Save it without them and choose it again.")


class PictureTooLarge(FileRefused):
    """The picture has more pixels than one may have."""

    code = "picture_too_large"
    title = _("This picture has too many pixels. Make it smaller and choose it again.")


class FileUnfinished(FileRefused):
    """The rest of a file did not come in time."""

    code = "file_unfinished"
    title = _("The rest of this file did not come in time. Please choose it again.")


REFUSALS: dict[str, type[FileRefused]] = {
    refusal.code: refusal
    for refusal in (
        *(FileDamaged, FileKindRefused, FileAmbiguous, FileUnpacksTooLarge),
        *(FileHasMacros, PictureTooLarge, FileUnfinished),
    )
}
"""The refusals of a content, by the code that stays with the upload."""
