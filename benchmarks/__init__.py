"""How long pages take, against a floor: the same rows by plain ORM and plain templates, measured in the same run."""
