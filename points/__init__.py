"""The points ledger: earned by reporting, volunteering and suggesting, redeemed for rewards."""
