"""Intake: takes packets out of the doors' folders and makes them events; what it answers lies beside the packet as a receipt."""
