//! Bytes, one after another, and never beyond their end.

use crate::Malformed;

const SHORT: Malformed = Malformed::new("the packet ends too early");

/// What is left of a packet.
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn take(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(SHORT)?;
        self.0 = rest;
        Ok(taken)
    }

    pub fn part(&mut self, length: usize) -> Result<Self, Malformed> {
        self.take(length).map(Self)
    }

    pub fn byte(&mut self) -> Result<u8, Malformed> {
        self.take(1).map(|bytes| bytes[0])
    }

    pub fn two(&mut self) -> Result<u16, Malformed> {
        self.take(2).map(|bytes| u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    pub fn four(&mut self) -> Result<u32, Malformed> {
        self.take(4).map(|bytes| u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    /// Seven bits a byte, the lowest first, four bytes at most and no more than needed (MQTT 5, 1.5.5).
    pub fn variable(&mut self) -> Result<u32, Malformed> {
        let mut number = 0_u32;
        for place in 0..4 {
            let byte = self.byte()?;
            number |= u32::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                return if byte == 0 && place > 0 {
                    Err(Malformed::new("a length of more bytes than it needs"))
                } else {
                    Ok(number)
                };
            }
        }
        Err(Malformed::new("a length of more than four bytes"))
    }

    pub fn binary(&mut self) -> Result<&'a [u8], Malformed> {
        let length = self.two()?;
        self.take(length.into())
    }

    /// UTF-8 without NUL (MQTT 5, 1.5.4).
    pub fn text(&mut self) -> Result<String, Malformed> {
        let text = std::str::from_utf8(self.binary()?).map_err(|_| Malformed::new("a text that is no UTF-8"))?;
        if text.contains('\0') { Err(Malformed::new("a text with NUL")) } else { Ok(text.to_owned()) }
    }

    /// The number of a packet, which is not zero.
    pub fn id(&mut self) -> Result<u16, Malformed> {
        match self.two()? {
            0 => Err(Malformed::protocol("a packet identifier of zero")),
            id => Ok(id),
        }
    }
}
