"""Everything that changes the way home: one function for each verb."""
