"""Keys: their bindings, what they do on the screen, counts, the footer's hints."""
