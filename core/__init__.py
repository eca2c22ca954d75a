"""The domain of Huying 呼应: the closed loop and its rules, with no I/O, no clock and no randomness.

The words used everywhere (docs/glossary.md has them in both languages):

Event 事件: the civic matter.  Report: one resident's message about it; many reports may belong to one event.
Fact: a record that something happened, appended and never edited; an event's history is its facts.
Publication 治理叙事: the illustrated story of how an event was handled.
Outgoing: something that must be said to a person or a chat, written down before it is said.
"""
