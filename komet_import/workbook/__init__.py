"""Files in and out: the reader (a child process with limits), the templates, the discrepancy workbook."""
