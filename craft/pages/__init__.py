"""Pages and endpoints that span the apps."""
