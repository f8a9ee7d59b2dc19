//! The pricing engine: lines, modifiers, tax, total, explained.
