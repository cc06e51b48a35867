"""The demo province: fictional agencies, a test PKI, a scripted week on a simulated clock, and people who answer."""
