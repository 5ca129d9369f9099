"""The functions a program calls: check records, check a document before publication, run a pack's examples."""
