"""Statistics as pure functions of numbers: no rows, no dates, no words for readers."""
