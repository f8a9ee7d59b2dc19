//! The platform under test in real workerd.
