"""What can go wrong, one function a fault: it breaks something, waits as long as it lasts, and mends it."""
