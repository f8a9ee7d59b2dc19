//! What every worker shares: problems, principals, D1, outbox, inbox, tracing.
