"""E-mails about imports: composed purely (`compose`), kept and retried by policy (`outbox`), handed over (`sender`)."""
