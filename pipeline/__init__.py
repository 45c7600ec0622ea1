"""应进必进: from the forms in inputs/ to the workbook, the briefing and the register in outputs/."""
