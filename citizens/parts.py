"""What people show on the pages of the portal."""
