"""Logging in. Members are recognised by the register, staff by their account.

Nothing here tells a stranger who is a member (law 9): a page that takes an address asks nobody
whose it is; only whoever reads that mailbox and returns the code is looked up.
"""
