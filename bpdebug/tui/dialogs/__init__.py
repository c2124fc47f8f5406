"""What asks: prompts, the export dialog, questions with yes and no."""
