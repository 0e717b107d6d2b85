"""The quality rules, one a file. A rule's file bears its code."""
