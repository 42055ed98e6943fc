"""The servers that the portal brings along for machines that have none.

A real PostgreSQL 18 and a real Valkey come as wheels. Without `DATABASE_URL` (or `REDIS_URL`) the first
process that asks starts them, the next ones use the same, and they stop when the last one has ended:

- `servers.ensure_servers()` is what everybody calls. It takes a shared lock on the server's `users.lock`
  for as long as the process lives (the kernel drops it however the process ends), and starts a keeper if
  none is there.
- A keeper (`keeper.py`, one for each server) is the server's parent. It starts it again if it dies, and
  when it can take `users.lock` for itself alone, nobody is left: it stops the server and ends.
- `postgres.py` and `valkey.py` know how to make, start and stop one server; `homes.py` where its files are;
  `processes.py` has what the operating system needs.
- `supervisor.py` is `bin/run`: web, worker and scheduler on these servers.

The servers listen on 127.0.0.1 only, on a free port that they keep if they can, behind a password in a
file that only the owner reads. No Unix sockets: their paths end at 107 bytes and checkouts can lie deep.
"""
