"""What the way home shows on the pages of the portal."""

# Citizens

# Officers
