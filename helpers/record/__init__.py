"""Many texts together: what is known of each cell, which verdicts follow, which slips explain."""
