//! Names in accounts: of gateways, banks, places and taxes.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The longest name.
const MAX_NAME: usize = 64;

/// A name that can stand in an account's: 1 to 64 letters, digits, `-`, `_` or `.`, such as `stripe` or `TH-10`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

/// The text is no name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no name: expected 1 to 64 letters, digits, '-', '_' or '.', such as stripe or TH-10")]
pub struct NameError(String);

impl Name {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if text.is_empty() || text.len() > MAX_NAME || !text.bytes().all(plain) {
            return Err(NameError(text.chars().take(MAX_NAME).collect()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for Name {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A tax of a place, written `TH/vat` or `US-NY/state`: what is owed to one authority.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TaxName {
    /// The place, by ISO 3166: `TH`, `US-NY`.
    #[schema(value_type = String, example = "US-NY")]
    pub place: Name,
    /// The tax or its component: `vat`, `cgst`.
    #[schema(value_type = String, example = "vat")]
    pub tax: Name,
}

impl FromStr for TaxName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let (place, tax) = text.split_once('/').ok_or_else(|| NameError(text.chars().take(MAX_NAME).collect()))?;
        Ok(Self { place: place.parse()?, tax: tax.parse()? })
    }
}

impl fmt::Display for TaxName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.place, self.tax)
    }
}

impl fmt::Debug for TaxName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
