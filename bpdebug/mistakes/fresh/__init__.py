"""Other data for a scenario, on which no coincidence passes: fresh numbers, also of other sizes."""
