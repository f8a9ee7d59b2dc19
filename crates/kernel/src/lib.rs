//! Ids, money, time, geo, roles, order states: pure, no I/O.
