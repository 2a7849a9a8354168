return table.concat({usage(KEYS[1], KEYS[2])}, ' ')
