"""The start of an import: templates, the drop area, and drafts to go on with."""
