"""`python -m rootcase.core.schemas`: write the published schemas anew from the types."""

from __future__ import annotations

import sys

from rootcase.core.schemas.published import NAMES, as_text, file_of, schema_of

for name in NAMES:
    file_of(name).write_text(as_text(schema_of(name)), encoding="utf-8")
    sys.stdout.write(f"{file_of(name).name}\n")
