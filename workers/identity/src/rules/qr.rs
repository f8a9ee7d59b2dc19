//! A text as a QR code, drawn as SVG.

use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write as _;

/// Light modules around the code, as ISO/IEC 18004 wants them.
const MARGIN: i32 = 4;

/// The SVG; none for a text too long for any code.
#[must_use]
pub fn svg(text: &str) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let side = code.size() + 2 * MARGIN;
    let mut path = String::new();
    for row in 0..code.size() {
        let mut column = 0;
        while column < code.size() {
            let run = (column..code.size()).take_while(|column| code.get_module(*column, row)).count();
            if run > 0 {
                // Writing to a text never fails.
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", column + MARGIN, row + MARGIN);
            }
            column += i32::try_from(run).unwrap_or(0).max(1);
        }
    }
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_corners() {
        let svg = svg("otpauth://totp/Kirana:mali%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Kirana")
            .unwrap();
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"));
        // The finder patterns begin with seven dark modules: top left, top right, bottom left.
        let side: usize = svg.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        for corner in ["M4 4h7".to_owned(), format!("M{} 4h7", side - 11), format!("M4 {}h7", side - 11)] {
            assert!(svg.contains(&corner), "{corner} in {svg}");
        }
        assert_eq!(super::svg(&"x".repeat(10_000)), None);
    }
}
