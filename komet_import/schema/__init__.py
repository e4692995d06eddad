"""What a file may contain: kinds of cell, columns, and one declaration for each kind of import."""
