"""Telegram: groups and 1:1 chats in full. telegram.py puts the parts together; docs/channels/telegram.md sets it up."""
