"""Rules (data, read from YAML) and the requirement kinds that evaluate them (code, one file each)."""
