"""The practice room 实训室: a channel of our own, with its chats in practice.db and its page in the browser."""
