"""The drawings of the panes: from a moment to lines of text with roles, without Textual."""
