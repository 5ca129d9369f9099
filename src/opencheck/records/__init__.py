"""Records: the tables that go in, their fields, and how cells become typed values."""

from opencheck.records.fields import FieldSpec, Record, TableSpec
from opencheck.records.parse import SHANGHAI, Refused, parse
from opencheck.records.tables import TABLES

__all__ = ["SHANGHAI", "TABLES", "FieldSpec", "Record", "Refused", "TableSpec", "parse"]
