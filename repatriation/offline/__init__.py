"""Work while the line is down: entries that wait on a device, and what the portal does with them."""
