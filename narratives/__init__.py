"""The story of an event 治理叙事: told in words and pictures, approved by staff, shown to residents."""
