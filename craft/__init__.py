"""The project: configuration, the table of addresses, and what spans the apps."""
