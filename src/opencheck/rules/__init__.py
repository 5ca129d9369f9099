"""Requirement kinds, one file each, and the rule that puts one to work. A kind is code and exists once; a rule is data."""
