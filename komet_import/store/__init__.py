"""What is kept: tables, migrations, and functions that take an open connection and give frozen values back."""
