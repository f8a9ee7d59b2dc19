//! A store: exact stock and live orders as one serialised ledger.
