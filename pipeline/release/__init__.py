"""Releases: from a published build to a folder that can be cited, checked and compared with the one before."""
