//! The domain's pure rules; the one of reordering is in the kernel, where the simulator's bakery uses it as well.

pub mod ageing;
pub mod purchase;
pub mod receipts;
pub mod transfer;

pub use kirana_kernel::reorder;
