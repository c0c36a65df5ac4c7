"""What `make run` starts: one parent that holds PostgreSQL, Redis, web, worker and beat, and lets none outlive it.

Only the binaries of the packages that bring PostgreSQL and Redis are used, never their Python clients: those leave
servers behind after a kill, and one of them changes the modes of folders that are not its own.
"""
