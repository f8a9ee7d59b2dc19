//! What the domains say to each other: the documents and requests that cross from one worker or object to another.

pub mod api_key;
pub mod audit;
pub mod letter;
pub mod live;
pub mod menu;
pub mod metrics;
pub mod order;
pub mod points;
pub mod quote;
pub mod rate_limit;
pub mod receipt;
pub mod revocation;
pub mod risk;
pub mod segment;
pub mod sheet;
pub mod staff;
pub mod stock;
pub mod store_info;
pub mod store_state;
pub mod story;
pub mod tax;
