"""Pages: what every page shares, the community screen, and later the workbench."""
