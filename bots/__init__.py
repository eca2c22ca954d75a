"""Every door: the channels, the web pages, the command line, and the loops that carry out what was written down."""
