"""What a person sets, and what is kept between two runs."""
