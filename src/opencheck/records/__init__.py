"""Records: the input tables, their models and fields, and the parsing of cells into typed values."""

from opencheck.core.clock import SHANGHAI
from opencheck.records.columns import Record
from opencheck.records.fields import FieldSpec
from opencheck.records.parse import InvalidValue, parse
from opencheck.records.table_spec import TableSpec
from opencheck.records.tables import (
    TABLES,
    Account,
    CatalogEntry,
    Disclosure,
    Document,
    Evidence,
    Interpretation,
    Listing,
    Meeting,
    OpinionCase,
    Post,
    ProposalReply,
    Request,
    Roster,
    ServiceItem,
    Unit,
    Waiver,
)

__all__ = [
    "SHANGHAI",
    "TABLES",
    "Account",
    "CatalogEntry",
    "Disclosure",
    "Document",
    "Evidence",
    "FieldSpec",
    "Interpretation",
    "InvalidValue",
    "Listing",
    "Meeting",
    "OpinionCase",
    "Post",
    "ProposalReply",
    "Record",
    "Request",
    "Roster",
    "ServiceItem",
    "TableSpec",
    "Unit",
    "Waiver",
    "parse",
]
