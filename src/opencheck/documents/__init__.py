"""Published documents: read their text, number, dates and label, each with its location.

oc.documents.read("通知.docx").signed_on
"""

from opencheck.documents.metadata import Found
from opencheck.documents.reader import Document, read
from opencheck.documents.redaction import Fix, fixed_copy

__all__ = ["Document", "Fix", "Found", "fixed_copy", "read"]
