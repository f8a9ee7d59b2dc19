//! What the domains say to each other: request and response types.
