"""What a user sets, and what the program saves between two runs."""
