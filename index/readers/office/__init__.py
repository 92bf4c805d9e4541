"""Office Open XML: Word, Excel and PowerPoint."""
