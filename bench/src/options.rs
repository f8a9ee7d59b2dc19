//! What is wanted of a run. `cargo xtask bench` passes its arguments on as they are.

use crate::measure::Plan;
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::time::Duration;

/// The words of the command line.
pub struct Options {
    /// How much is measured.
    pub plan: Plan,
    /// A part of the name of what is measured; all is, without.
    pub only: Option<String>,
    /// How many orders a store has at the end of the measurement of growth.
    pub most_orders: u64,
    /// Where the figures go, as JSON.
    pub json: Option<PathBuf>,
    /// The figures of an earlier run, to be compared with.
    pub against: Option<PathBuf>,
    /// The scripts whose time is looked into: nothing else is told then.
    pub profile: Option<String>,
    /// The page that is written from the figures.
    pub document: Option<PathBuf>,
}

impl Options {
    /// From the command line.
    pub fn read(mut words: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self {
            plan: Plan { span: Duration::from_secs(5), repeats: 3 },
            only: None,
            most_orders: 10_000,
            json: None,
            against: None,
            profile: None,
            document: None,
        };
        while let Some(word) = words.next() {
            let mut next = || words.next().with_context(|| format!("{word} is followed by a value"));
            match word.as_str() {
                "--seconds" => options.plan.span = Duration::from_secs(number(&next()?, 1..=600)?),
                "--repeats" => options.plan.repeats = number(&next()?, 1..=99)?.try_into()?,
                "--orders" => options.most_orders = number(&next()?, 1_000..=1_000_000)?,
                "--only" => options.only = Some(next()?),
                "--json" => options.json = Some(next()?.into()),
                "--against" => options.against = Some(next()?.into()),
                "--profile" => options.profile = Some(next()?),
                "--document" => options.document = Some(next()?.into()),
                other => bail!(
                    "bench does not know `{other}`; it takes --only, --seconds, --repeats, --orders, --json, --against, --profile, --document"
                ),
            }
        }
        if options.only.is_some() && options.document.is_some() {
            bail!("a page is written from a whole run: leave out --only");
        }
        Ok(options)
    }

    /// Whether something of these names is wanted.
    pub fn wants(&self, names: &[&str]) -> bool {
        self.only.as_deref().is_none_or(|only| names.iter().any(|name| name.contains(only) || only.contains(name)))
    }
}

fn number(text: &str, within: std::ops::RangeInclusive<u64>) -> Result<u64> {
    let number = text.parse().ok().filter(|number| within.contains(number));
    number.with_context(|| format!("`{text}`: expected a number from {} to {}", within.start(), within.end()))
}
