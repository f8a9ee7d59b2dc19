//! What is decided without asking anybody: what a letter says, how a provider is spoken to, and what its answers mean.

pub mod address;
pub mod bounce;
pub mod channel;
pub mod delivery;
pub mod device;
pub mod html;
pub mod letter;
pub mod postmark;
pub mod resend;
pub mod ses;
pub mod sigv4;
pub mod twilio;
pub mod wire;
