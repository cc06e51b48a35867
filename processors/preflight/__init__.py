"""Pre-flight for other processes: what `lienthong preflight` answers, on a Unix socket (decision 14)."""
