"""A briefing as plain data -> the bytes of a .docx in the layout of GB/T 9704-2012."""
