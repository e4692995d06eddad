"""One draft: its problems, the grid, the commit, and what it led to."""
