"""What the RFCs and oauthlib ask: authorization requests, tokens, revocation, introspection, metadata."""
