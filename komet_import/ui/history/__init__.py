"""The import history: a period, and one import with its audit."""
