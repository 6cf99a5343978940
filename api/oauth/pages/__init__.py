"""What people see of OAuth: consent, connected apps, developer apps."""
