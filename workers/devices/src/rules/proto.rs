//! Protocol Buffers, as much of them as three calls of Connect need: fields of variable length numbers, texts and bytes.

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field<'a> {
    /// A number.
    Number(u64),
    /// Bytes: a text, or a message in the message.
    Bytes(&'a [u8]),
}

/// The fields of a message, in their order; none for bytes that are no message.
#[must_use]
pub fn read(mut bytes: &[u8]) -> Option<Vec<(u32, Field<'_>)>> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let key = number(&mut bytes)?;
        let field = u32::try_from(key >> 3).ok().filter(|field| *field > 0)?;
        match key & 7 {
            0 => fields.push((field, Field::Number(number(&mut bytes)?))),
            1 => drop(take(&mut bytes, 8)?),
            2 => {
                let length = usize::try_from(number(&mut bytes)?).ok()?;
                fields.push((field, Field::Bytes(take(&mut bytes, length)?)));
            }
            5 => drop(take(&mut bytes, 4)?),
            _ => return None,
        }
    }
    Some(fields)
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

fn number(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for place in 0..10 {
        let byte = take(bytes, 1)?.first().copied()?;
        value |= u64::from(byte & 0x7f).checked_shl(7 * place)?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// The last text of this field; empty where there is none, as the format has it. None for what is no UTF-8.
#[must_use]
pub fn text(fields: &[(u32, Field<'_>)], field: u32) -> Option<String> {
    let found = fields.iter().rev().find_map(|(at, value)| match value {
        Field::Bytes(bytes) if *at == field => Some(*bytes),
        _ => None,
    });
    String::from_utf8(found.unwrap_or_default().to_vec()).ok()
}

/// The last number of this field; 0 where there is none.
#[must_use]
pub fn whole(fields: &[(u32, Field<'_>)], field: u32) -> u64 {
    let found = fields.iter().rev().find_map(|(at, value)| match value {
        Field::Number(number) if *at == field => Some(*number),
        _ => None,
    });
    found.unwrap_or(0)
}

/// Writes a message.
#[derive(Clone, Debug, Default)]
pub struct Writer(pub Vec<u8>);

impl Writer {
    fn variable(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    /// A number; nothing for 0, as the format has it.
    #[must_use]
    pub fn number(mut self, field: u32, number: u64) -> Self {
        if number != 0 {
            self.variable(u64::from(field) << 3);
            self.variable(number);
        }
        self
    }

    /// A text; nothing for an empty one.
    #[must_use]
    pub fn text(mut self, field: u32, text: &str) -> Self {
        if !text.is_empty() {
            self.variable(u64::from(field) << 3 | 2);
            self.variable(text.len() as u64);
            self.0.extend(text.as_bytes());
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_formats_own_examples() {
        // From the encoding guide: field 1 = 150, and field 2 = "testing".
        assert_eq!(Writer::default().number(1, 150).0, [0x08, 0x96, 0x01]);
        assert_eq!(Writer::default().text(2, "testing").0, b"\x12\x07testing");
        assert_eq!(read(&[0x08, 0x96, 0x01]).unwrap(), [(1, Field::Number(150))]);
        assert_eq!(read(&[0x0f]), None);
        assert_eq!(read(&[0x12, 0x07, b't']), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(number in 1_u64.., words in ".{1,40}") {
            let bytes = Writer::default().number(3, number).text(4, &words).0;
            let fields = read(&bytes).unwrap();
            prop_assert_eq!((whole(&fields, 3), text(&fields, 4)), (number, Some(words)));
        }

        #[test]
        fn bytes_are_refused_and_nothing_worse(bytes: Vec<u8>) {
            let _ = read(&bytes);
        }
    }
}
