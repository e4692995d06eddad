"""The stored customers: the table, and one of them."""
