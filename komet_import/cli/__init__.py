"""The command line: commands, the documents that other programs read, and the words for people."""
