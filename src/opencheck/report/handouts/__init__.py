"""Hand-outs: what each unit must put right, written as files that a person sends, and the answers read back from them."""
