"""Delivery to folder endpoints, status packets to those they are addressed to, and follow-up receipts for the sender's system."""
