"""Every page there is, found from the table of addresses (tests/matrix), with rows on it and with a budget."""
