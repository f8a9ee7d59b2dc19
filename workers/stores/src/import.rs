//! Stores out of a CSV file of store locations, with a report line by line.

use kirana_kernel::{Currency, Position};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One row: the columns of public store-location lists.
#[derive(Clone, Debug, Deserialize)]
pub struct Row {
    /// The store's number where it comes from.
    pub number: String,
    /// Its name.
    pub name: String,
    /// Street and house.
    pub street: String,
    /// City.
    pub city: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// IANA.
    pub timezone: String,
    /// Degrees east.
    pub longitude: f64,
    /// Degrees north.
    pub latitude: f64,
}

/// A line that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LineFault {
    /// Its line in the file, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub message: String,
}

/// The rows of a file, and the lines that are none. `is_zone` knows the IANA time zones.
#[must_use]
pub fn read(text: &str, is_zone: impl Fn(&str) -> bool) -> (Vec<Row>, Vec<LineFault>) {
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for (index, record) in csv::Reader::from_reader(text.as_bytes()).deserialize::<Row>().enumerate() {
        let line = index as u64 + 2;
        match record.map_err(|error| error.to_string()).and_then(|row| check(row, &is_zone)) {
            Ok(row) => rows.push(row),
            Err(message) => faults.push(LineFault { line, message }),
        }
    }
    (rows, faults)
}

fn check(row: Row, is_zone: impl Fn(&str) -> bool) -> Result<Row, String> {
    let position = Position { latitude: row.latitude, longitude: row.longitude };
    if !position.is_valid() {
        return Err(format!("{}, {} is no position on the globe", row.latitude, row.longitude));
    }
    if !is_zone(&row.timezone) {
        return Err(format!("{} is no IANA time zone", row.timezone));
    }
    if row.name.trim().is_empty() || row.number.trim().is_empty() {
        return Err("the number or the name is missing".into());
    }
    if currency_of(&row.country).is_none() {
        return Err(format!("the currency of {} is not known: add it to currency_of", row.country));
    }
    Ok(row)
}

/// What a country pays in (ISO 4217), for the countries that stores are imported from.
#[must_use]
pub fn currency_of(country: &str) -> Option<Currency> {
    let code = match country {
        "TH" => "THB",
        "US" | "PR" => "USD",
        "JP" => "JPY",
        "CN" => "CNY",
        "KR" => "KRW",
        "GB" => "GBP",
        "CA" => "CAD",
        "TW" => "TWD",
        "SG" => "SGD",
        "MY" => "MYR",
        "AE" => "AED",
        "SE" => "SEK",
        "IN" => "INR",
        "ID" => "IDR",
        "PH" => "PHP",
        "VN" => "VND",
        "MX" => "MXN",
        "BR" => "BRL",
        "CH" => "CHF",
        "AU" => "AUD",
        "KW" => "KWD",
        "DE" | "FR" | "ES" | "NL" | "IE" | "AT" | "BE" | "FI" | "PT" | "GR" | "CY" => "EUR",
        _ => return None,
    };
    code.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bad_line_is_named() {
        let text = "number,name,ownership,street,city,region,country,postcode,phone,timezone,longitude,latitude\n\
            1,Siam,Licensed,\"1, Rama I\",Bangkok,10,TH,,,Asia/Bangkok,100.53,13.74\n\
            2,Moon,Licensed,x,y,z,TH,,,Asia/Bangkok,100.53,95\n\
            3,Lost,Licensed,x,y,z,TH,,,Asia/Atlantis,100.53,13\n\
            4,Bad,Licensed,x,y,z,TH,,,Asia/Bangkok,east,13\n";
        let (rows, faults) = read(text, |zone| zone == "Asia/Bangkok");
        assert_eq!(rows.len(), 1);
        assert_eq!(faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [3, 4, 5]);
    }
}
