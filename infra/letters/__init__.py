"""Dead letters in people's hands: each through all its tries, put back onto its topic or set aside, every act on the log."""
