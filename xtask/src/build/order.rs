//! Which function follows which in a script. gzip looks back 32 kB: what is compiled from one generic function for many
//! types costs little when it stands together, and the compiler's order scatters it. A twelfth of the code, gzipped.
//!
//! wasm-opt renumbers functions by the order of their names, so each name is given its place in front.

use super::wasm::{number, put_number, put_sized, section, sized};
use anyhow::{Context, Result};
use std::collections::{BTreeMap, HashMap};

/// How many bytes are compared at a time: an instruction or two, with their operands.
const WINDOW: usize = 6;
/// How many windows stand for a function: those with the smallest hashes, so that like functions keep like ones.
const SKETCH: usize = 128;
/// A window that this many functions have says nothing of any.
const COMMON: usize = 200;
/// Digits of a place.
const DIGITS: usize = 6;

/// The module, with each function's name after the place that it should have.
pub fn name_by_place(module: &[u8]) -> Result<Vec<u8>> {
    let parts = Parts::read(module).context("the WASM module is not well formed")?;
    let mut places = vec![0; parts.bodies.len()];
    for (place, function) in chain(&parts.bodies).into_iter().enumerate() {
        places[function] = place;
    }
    let functions = parts.imported + parts.bodies.len();
    let mut map = Vec::new();
    put_number(functions, &mut map);
    for index in 0..functions {
        let place = index.checked_sub(parts.imported).map(|function| format!("{:0DIGITS$} ", places[function]));
        let name = parts.names.get(&index).copied().unwrap_or_default();
        put_number(index, &mut map);
        put_sized(&[place.unwrap_or_default().as_bytes(), name].concat(), &mut map);
    }
    let mut names = Vec::new();
    put_sized(b"name", &mut names);
    section(1, &map, &mut names);
    let mut result = parts.others;
    section(0, &names, &mut result);
    Ok(result)
}

/// A name without the place before it.
pub fn without_place(name: &str) -> &str {
    match name.split_at_checked(DIGITS) {
        Some((place, rest)) if place.bytes().all(|byte| byte.is_ascii_digit()) => {
            rest.strip_prefix(' ').unwrap_or(name)
        }
        _ => name,
    }
}

/// An order in which each function is followed by the one most like it of those that are left.
fn chain(bodies: &[&[u8]]) -> Vec<usize> {
    let sketches: Vec<_> = bodies.iter().map(|body| sketch(body)).collect();
    let mut holders: HashMap<u32, Vec<usize>> = HashMap::new();
    for (function, sketch) in sketches.iter().enumerate() {
        sketch.iter().for_each(|hash| holders.entry(*hash).or_default().push(function));
    }
    holders.retain(|_, functions| (2..COMMON).contains(&functions.len()));
    let mut left = vec![true; bodies.len()];
    let mut shared = vec![0_usize; bodies.len()];
    let mut order = Vec::with_capacity(bodies.len());
    let (mut current, mut first_left) = (0, 0);
    while order.len() < bodies.len() {
        left[current] = false;
        order.push(current);
        let mut alike = Vec::new();
        for hash in &sketches[current] {
            let Some(functions) = holders.get_mut(hash) else { continue };
            functions.retain(|function| left[*function]);
            for function in functions {
                if shared[*function] == 0 {
                    alike.push(*function);
                }
                shared[*function] += 1;
            }
        }
        // The share of what both have; of two as much alike the first, so that a build comes out the same again.
        let size = |function: usize| sketches[function].len() + sketches[current].len();
        let most = alike.iter().copied().reduce(|best, other| {
            let (was, is) = (shared[best] * size(other), shared[other] * size(best));
            if is > was || (is == was && other < best) { other } else { best }
        });
        alike.iter().for_each(|function| shared[*function] = 0);
        while left.get(first_left) == Some(&false) {
            first_left += 1;
        }
        current = most.unwrap_or(first_left);
    }
    order
}

/// The smallest hashes of a body's windows, in order and each once.
fn sketch(body: &[u8]) -> Vec<u32> {
    let hash = |window: &[u8]| {
        let bytes = window.iter().fold(0_u64, |bytes, byte| bytes << 8 | u64::from(*byte));
        (bytes.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32
    };
    let mut hashes: Vec<_> = body.windows(WINDOW).map(hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes.truncate(SKETCH);
    hashes
}

/// What of a module the order is made from.
struct Parts<'a> {
    /// How many functions are imported: they have the first indices, and stay there.
    imported: usize,
    names: BTreeMap<usize, &'a [u8]>,
    bodies: Vec<&'a [u8]>,
    /// All but the names.
    others: Vec<u8>,
}

impl<'a> Parts<'a> {
    fn read(module: &'a [u8]) -> Option<Self> {
        let (header, mut rest) = module.split_at_checked(8)?;
        let mut parts = Self { imported: 0, names: BTreeMap::new(), bodies: Vec::new(), others: header.to_vec() };
        while let Some((id, after)) = rest.split_first() {
            let (body, after) = sized(after)?;
            let custom = if *id == 0 { sized(body) } else { None };
            if let Some((b"name", subsections)) = custom {
                parts.names = names(subsections)?;
            } else {
                section(*id, body, &mut parts.others);
            }
            match id {
                2 => parts.imported = imported_functions(body)?,
                10 => parts.bodies = bodies(body)?,
                _ => {}
            }
            rest = after;
        }
        Some(parts)
    }
}

/// The code of each function (section 10).
fn bodies(body: &[u8]) -> Option<Vec<&[u8]>> {
    let (count, mut rest) = number(body)?;
    let mut bodies = Vec::with_capacity(count);
    for _ in 0..count {
        let (function, after) = sized(rest)?;
        bodies.push(function);
        rest = after;
    }
    Some(bodies)
}

/// How many of the imports (section 2) are functions.
fn imported_functions(body: &[u8]) -> Option<usize> {
    let (count, mut rest) = number(body)?;
    let mut functions = 0;
    for _ in 0..count {
        rest = sized(sized(rest)?.1)?.1;
        let (kind, after) = rest.split_first()?;
        rest = match kind {
            // A function's type; a table's type and limits; a memory's limits; a global's type; a tag's.
            0 => number(after)?.1,
            1 => limits(after.get(1..)?)?,
            2 => limits(after)?,
            3 => after.get(2..)?,
            4 => number(after.get(1..)?)?.1,
            _ => return None,
        };
        functions += usize::from(*kind == 0);
    }
    Some(functions)
}

/// What follows the limits of a table or memory.
fn limits(bytes: &[u8]) -> Option<&[u8]> {
    let (flags, after) = bytes.split_first()?;
    let least = number(after)?.1;
    if flags & 1 == 0 { Some(least) } else { Some(number(least)?.1) }
}

/// The names of functions (subsection 1).
fn names(mut subsections: &[u8]) -> Option<BTreeMap<usize, &[u8]>> {
    let mut names = BTreeMap::new();
    while let Some((id, after)) = subsections.split_first() {
        let (body, after) = sized(after)?;
        if *id == 1 {
            let (count, mut entries) = number(body)?;
            for _ in 0..count {
                let (index, rest) = number(entries)?;
                let (name, rest) = sized(rest)?;
                names.insert(index, name);
                entries = rest;
            }
        }
        subsections = after;
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_follows_like_and_nobody_is_lost() {
        let one: Vec<u8> = (0..60).collect();
        let two: Vec<u8> = (100..160).collect();
        let (mut one_too, mut two_too) = (one.clone(), two.clone());
        (one_too[3], two_too[50]) = (200, 200);
        let bodies = [&one[..], &two, b"short", &one_too, &two_too];
        assert_eq!(chain(&bodies), [0, 3, 1, 4, 2]);
        assert!(chain(&[]).is_empty());
    }

    #[test]
    fn a_module_gets_places_before_its_names() {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        // One import: `a.b`, a function; and a table with limits on both sides, which is none.
        section(2, b"\x02\x01a\x01b\x00\x00\x01a\x01t\x01\x70\x01\x00\x80\x01", &mut module);
        section(10, b"\x02\x02\x00\x0b\x03\x00\x01\x0b", &mut module);
        let others = module.clone();
        let mut names = Vec::new();
        put_sized(b"name", &mut names);
        section(1, b"\x02\x00\x01b\x01\x05first", &mut names);
        section(0, &names, &mut module);
        let placed = name_by_place(&module).unwrap();
        assert_eq!(placed[..others.len()], others);
        assert!(placed.ends_with(b"\x03\x00\x01b\x01\x0c000000 first\x02\x07000001 "));
        assert!(name_by_place(&module[..module.len() - 1]).is_err());
    }

    #[test]
    fn a_place_is_taken_off_again() {
        assert_eq!(without_place("000012 <orders::Place>::call"), "<orders::Place>::call");
        assert_eq!(without_place("__wbg_fetch_0123456789"), "__wbg_fetch_0123456789");
        assert_eq!(without_place("123456"), "123456");
    }
}
