"""Documents as they are published: read their text, number, dates and label, each with where it was found.

oc.documents.read("通知.docx").signed_on
"""

from opencheck.documents.facts import Found
from opencheck.documents.fixing import Fix, fixed_copy
from opencheck.documents.reader import Document, read

__all__ = ["Document", "Fix", "Found", "fixed_copy", "read"]
