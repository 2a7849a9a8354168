"""The shape of an ICD-10-CM code (Official Guidelines, Section I.A.2)."""

import re

# The second character is a digit everywhere but in category QA0, new in FY2026.
CATEGORY = r"[A-Z][0-9A-Z]{2}"
CATEGORY_LENGTH = 3
PRINTED = re.compile(rf"{CATEGORY}(?:\.[0-9A-Z]{{1,4}})?")
