"""Delivery: the right briefing in the right mailbox, on time, once.

schedules say what is due → the ledger gives each slot to one ticker → a build is made and passes
the gates → a letter for each reader waits in the outbox → the transport hands it to a mail server.
"""
