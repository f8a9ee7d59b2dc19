//! The command line: flags and options are taken out by name, what is left over is an error.

use anyhow::{Context, Result, bail};

/// What was written after `cargo xtask`, less what has been taken.
pub struct Args(Vec<String>);

impl Args {
    /// All of them.
    pub fn new(words: impl Iterator<Item = String>) -> Self {
        Self(words.collect())
    }

    /// Whether a flag such as `--fresh` is there.
    pub fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|word| word != name);
        self.0.len() < before
    }

    /// The value after an option such as `--port`.
    pub fn option(&mut self, name: &str) -> Result<Option<String>> {
        let Some(at) = self.0.iter().position(|word| word == name) else { return Ok(None) };
        self.0.remove(at);
        if at < self.0.len() { Ok(Some(self.0.remove(at))) } else { bail!("{name} is followed by a value") }
    }

    /// The value after an option, read as a number.
    pub fn number(&mut self, name: &str) -> Result<Option<u16>> {
        let Some(value) = self.option(name)? else { return Ok(None) };
        value.parse().map(Some).with_context(|| format!("{name} is followed by a number below 65536, not `{value}`"))
    }

    /// The next word, if there is one.
    pub fn word(&mut self) -> Option<String> {
        if self.0.is_empty() { None } else { Some(self.0.remove(0)) }
    }

    /// All the words that are left; none of them may be a flag.
    pub fn words(&mut self) -> Result<Vec<String>> {
        if let Some(flag) = self.0.iter().find(|word| word.starts_with('-')) {
            bail!("`{flag}` is not known here; `cargo xtask` lists what is");
        }
        Ok(std::mem::take(&mut self.0))
    }

    /// All that is left, as it was written: for another program.
    pub fn rest(&mut self) -> Vec<String> {
        std::mem::take(&mut self.0)
    }

    /// Nothing may be left.
    pub fn end(&mut self) -> Result<()> {
        match self.words()?.first() {
            Some(word) => bail!("`{word}` is not known here; `cargo xtask` lists what is"),
            None => Ok(()),
        }
    }
}
