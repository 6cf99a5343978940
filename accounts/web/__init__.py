"""What every page of every app shares."""
