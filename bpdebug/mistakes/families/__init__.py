"""The mistakes, one file a family."""
