"""The endpoints of the protocol, and the pages about apps."""
