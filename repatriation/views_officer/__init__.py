"""Officers' pages of the way home: the queue and its trips, the checkpoint, the handovers."""
