"""Pictures of every page, as the people of the demo see them: `bin/screens`."""
