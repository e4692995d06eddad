"""What administrators set: the company, its locations and lists, and what the machine says."""
