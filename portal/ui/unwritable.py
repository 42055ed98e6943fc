"""Telling that nothing can be written (a full disk, a database that only reads) from other faults."""

from __future__ import annotations

import errno

# PostgreSQL's codes: disk full, out of memory, its other resources, input and output, a transaction that only reads.
CODES = {"53000", "53100", "53200", "53400", "58030", "25006"}
NUMBERS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


def cannot_write(error: BaseException | None) -> bool:
    """Whether this error, or one that led to it, says that nothing can be written now."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if getattr(error, "pgcode", None) in CODES:
            return True
        if isinstance(error, OSError) and error.errno in NUMBERS:
            return True
        error = error.__cause__ or error.__context__
    return False
