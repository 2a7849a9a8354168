"""The shape of an ICD-10-PCS code: seven characters, of which the first three are its table (letters but I and O)."""

CHARACTER = "[0-9A-HJ-NP-Z]"
# In the seven columns of the order files, with the blank behind them: a table or a code.
COLUMNS = rf"[0-9BCDFGHX]{CHARACTER}{{2}}(?:{CHARACTER}{{4}}| {{4}}) "
