"""The log that nobody can rewrite unseen. Rules T1 to T6 of docs/protocol.md.

`tree` grows it, `proof` makes and checks proofs, `checkpoint` signs its head.
"""
