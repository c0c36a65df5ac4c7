"""How long pages and messages take, beside a floor: the same rows by plain ORM and plain templates, in one run."""
