"""What allauth says happened, written to the activity log."""
