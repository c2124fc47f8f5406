"""What line mode prints."""
