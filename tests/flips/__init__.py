"""Flips: each rule, header, scope and lock is broken in turn, to see that a test notices."""
