"""Sheets of arrivals take the steps of every list: a worker checks them, then records what is good."""

from repatriation.importing import kinds
from repatriation.models import ImportBatch
from repatriation.on_paper.checking import check_sheet
from repatriation.on_paper.commit import commit_sheet

kinds.register(ImportBatch.Kind.ARRIVALS, kinds.ListKind(check=check_sheet, commit=commit_sheet))
