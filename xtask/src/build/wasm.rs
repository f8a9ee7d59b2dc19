//! What is done to the WASM after worker-build: wasm-opt with passes chosen for the time they take and the bytes they
//! save once gzipped, and only the function names that a stack trace needs.
//!
//! wasm-opt's own `-O` takes several times as long, and inlines so much that the gzipped script grows; `--dae-optimizing` in place of `--dae`
//! takes a third more of the processor and saves a thousandth. All
//! names with their type arguments are a quarter of a script: `index_bg.debug.wasm` beside it has those of our own functions.
//! A quick build keeps all names.

use super::order;
use crate::setup::{self, npm_bin};
use crate::ui::quietly;
use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;

const PASSES: [&str; 16] = [
    "--duplicate-function-elimination",
    "--dae",
    "--rse",
    "--optimize-instructions",
    "--simplify-locals-nostructure",
    "--coalesce-locals",
    "--reorder-locals",
    "--remove-unused-names",
    "--merge-blocks",
    "--remove-unused-brs",
    "--remove-unused-names",
    "--merge-blocks",
    "--vacuum",
    "--duplicate-function-elimination",
    "--remove-unused-module-elements",
    // By the places that `order` gave them.
    "--reorder-functions-by-name",
];

/// What the compiler and wasm-bindgen emit, and no more: workerd need not know what a newer wasm-opt would use.
const FEATURES: [&str; 7] = [
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-reference-types",
    "--enable-exception-handling",
];

/// What the passes are, for the stamp of a bundle.
pub fn version() -> String {
    format!("{} names beside it, like by like", PASSES.concat())
}

/// Optimises a module in place; names of functions stay that speak of one of these crates.
pub fn optimise(module: &Path, crates: &[String]) -> Result<()> {
    std::fs::write(module, order::name_by_place(&std::fs::read(module)?)?)?;
    // The npm package's program is a script: it runs under our Node.
    let mut command = Command::new(setup::node()?);
    command.arg(npm_bin("binaryen", "bin/wasm-opt")).args(PASSES).args(FEATURES).arg("--debuginfo");
    quietly(command.arg(module).arg("-o").arg(module), "wasm-opt could not read what the compiler made.")?;
    let bytes = std::fs::read(module)?;
    let malformed = "the WASM module is not well formed";
    // For whoever reads a stack trace or a profile; what is sent has no names.
    let named = shorten_names(&bytes, crates).context(malformed)?;
    std::fs::write(module.with_extension("debug.wasm"), named)?;
    std::fs::write(module, shorten_names(&bytes, &[]).context(malformed)?)?;
    Ok(())
}

/// The module with the names of these crates' functions, shortened, and no other names.
fn shorten_names(module: &[u8], crates: &[String]) -> Option<Vec<u8>> {
    let (header, mut rest) = module.split_at_checked(8)?;
    let mut result = header.to_vec();
    while let Some((id, after)) = rest.split_first() {
        let (body, after) = sized(after)?;
        let names = if *id == 0 { sized(body).filter(|(name, _)| *name == b"name") } else { None };
        match names {
            None => section(*id, body, &mut result),
            Some((name, subsections)) => {
                let mut custom = Vec::new();
                put_sized(name, &mut custom);
                section(1, &function_names(subsections, crates)?, &mut custom);
                section(0, &custom, &mut result);
            }
        }
        rest = after;
    }
    Some(result)
}

/// The map of function names (subsection 1).
fn function_names(mut subsections: &[u8], crates: &[String]) -> Option<Vec<u8>> {
    let (mut kept, mut map) = (0, Vec::new());
    while let Some((id, after)) = subsections.split_first() {
        let (body, after) = sized(after)?;
        if *id == 1 {
            let (count, mut entries) = number(body)?;
            for _ in 0..count {
                let (index, rest) = number(entries)?;
                let (name, rest) = sized(rest)?;
                let name = shorten(order::without_place(std::str::from_utf8(name).ok()?));
                if crates.iter().any(|own| name.contains(own)) {
                    put_number(index, &mut map);
                    put_sized(name.as_bytes(), &mut map);
                    kept += 1;
                }
                entries = rest;
            }
        }
        subsections = after;
    }
    let mut body = Vec::new();
    put_number(kept, &mut body);
    body.append(&mut map);
    Some(body)
}

/// A function's path, without crate hashes and type arguments: `<Store as Handler<..>>::call`.
fn shorten(name: &str) -> String {
    let (mut short, mut depth, mut hash, mut before) = (String::new(), 0_usize, false, ' ');
    for letter in name.chars() {
        let shown = match letter {
            // `<` at the beginning of a path is `<Type as Trait>`; elsewhere it opens type arguments.
            '<' if depth == 0 && (short.is_empty() || before == ' ') => true,
            '<' => {
                depth += 1;
                depth == 1
            }
            '>' if before == '-' => depth == 0,
            '>' if depth > 0 => {
                depth -= 1;
                depth == 0 && {
                    short.push_str("..");
                    true
                }
            }
            '[' if depth == 0 => {
                hash = true;
                false
            }
            ']' if hash => {
                hash = false;
                false
            }
            _ => depth == 0 && !hash,
        };
        if shown {
            short.push(letter);
        }
        before = letter;
    }
    short.chars().take(120).collect()
}

pub(super) fn section(id: u8, body: &[u8], into: &mut Vec<u8>) {
    into.push(id);
    put_sized(body, into);
}

pub(super) fn put_sized(bytes: &[u8], into: &mut Vec<u8>) {
    put_number(bytes.len(), into);
    into.extend_from_slice(bytes);
}

/// Unsigned LEB128, as WASM writes numbers.
pub(super) fn put_number(mut number: usize, into: &mut Vec<u8>) {
    while number >= 0x80 {
        into.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

pub(super) fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0;
    for (at, byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(at + 1..)?));
        }
    }
    None
}

pub(super) fn sized(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = number(bytes)?;
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_loses_hashes_and_type_arguments() {
        let long =
            "<orders[1f]::api::Place as axum[2e]::handler::Handler<(Via<u8>, fn(u8) -> u8), S>>::call::{closure#0}";
        assert_eq!(shorten(long), "<orders::api::Place as axum::handler::Handler<..>>::call::{closure#0}");
        assert_eq!(shorten("core[3]::ptr::drop_glue::<alloc[4]::vec::Vec<u8>>"), "core::ptr::drop_glue::<..>");
    }

    #[test]
    fn the_rest_of_a_module_stays() {
        let mut names = Vec::new();
        put_sized(b"name", &mut names);
        let mut map = vec![2, 200, 1];
        put_sized(b"a[77]::b::<c>", &mut map);
        map.extend([201, 1]);
        put_sized(b"core[78]::b", &mut map);
        section(1, &map, &mut names);
        section(9, b"data", &mut names);
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        section(11, &[7; 300], &mut module);
        let (kept, before) = (module.len(), module.clone());
        section(0, &names, &mut module);
        let shorter = shorten_names(&module, &["a::".to_owned()]).unwrap();
        assert_eq!(shorter[..kept], before);
        assert_eq!(shorter[kept..], *b"\0\x15\x04name\x01\x0e\x01\xc8\x01\x0aa::b::<..>");
    }
}
