//! Stores out of a CSV file of store locations, with a report line by line.

use kirana_kernel::{Currency, Position};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
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
    /// What is wrong with it, and what would be right.
    pub message: String,
}

/// Rows of a file at most: each is a row written, and one request may write no more than a thousand.
pub const MAX_ROWS: usize = 500;

/// The rows of a file, and the lines that are none. `is_zone` knows the IANA time zones.
#[must_use]
pub fn read(text: &str, is_zone: impl Fn(&str) -> bool) -> (Vec<Row>, Vec<LineFault>) {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().cloned().unwrap_or_default();
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    let mut numbers = HashMap::new();
    for record in reader.records() {
        // A quoted field may hold line breaks, so a record's line is not its index.
        let line = match &record {
            Ok(record) => record.position().map_or(0, csv::Position::line),
            Err(error) => error.position().map_or(0, csv::Position::line),
        };
        let row = record.and_then(|record| record.deserialize::<Row>(Some(&headers)));
        let row = row.map_err(|error| error.to_string()).and_then(|row| check(row, &is_zone)).and_then(|row| {
            match numbers.insert(row.number.clone(), line) {
                Some(before) => Err(format!("line {before} has the number {} too", row.number)),
                None if rows.len() == MAX_ROWS => {
                    Err(format!("a file may hold {MAX_ROWS} stores: send the rest in another"))
                }
                None => Ok(row),
            }
        });
        match row {
            Ok(row) => rows.push(row),
            Err(message) => faults.push(LineFault { line, message }),
        }
    }
    (rows, faults)
}

/// Zones that lists name by their largest city or cut off, and what IANA calls them.
const ZONES: &[(&str, &str)] = &[
    ("America/Argentina/Bu", "America/Argentina/Buenos_Aires"),
    ("America/Dawson_Cree", "America/Dawson_Creek"),
    ("America/Oranjestad", "America/Aruba"),
    ("America/Port_of_Spa", "America/Port_of_Spain"),
    ("America/Willemstad", "America/Curacao"),
    ("Asia/Beijing", "Asia/Shanghai"),
    ("Asia/New_Delhi", "Asia/Kolkata"),
];

/// The zone's own name, where a list puts the offset before it: `GMT+7:00 Asia/Bangkok`, `GMT+000000 Asia/Bangkok`.
fn zone_of(text: &str) -> &str {
    match text.trim().split_once(char::is_whitespace) {
        Some((offset, zone)) if offset.starts_with("GMT") || offset.starts_with("UTC") => zone.trim(),
        _ => text.trim(),
    }
}

fn check(mut row: Row, is_zone: impl Fn(&str) -> bool) -> Result<Row, String> {
    if zone_of(&row.timezone) != row.timezone {
        row.timezone = zone_of(&row.timezone).into();
    }
    if let Some((_, zone)) = ZONES.iter().find(|(name, _)| *name == row.timezone) {
        row.timezone = (*zone).into();
    }
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
        return Err(format!("the currency of {} is not known: expected an ISO 3166-1 code such as TH", row.country));
    }
    Ok(row)
}

/// What each country pays in (ISO 4217), by the countries of public store lists. Sorted, one currency a line.
const CURRENCIES: &[(&str, &[&str])] = &[
    ("AED", &["AE"]),
    ("ANG", &["CW"]),
    ("ARS", &["AR"]),
    ("AUD", &["AU"]),
    ("AWG", &["AW"]),
    ("AZN", &["AZ"]),
    ("BHD", &["BH"]),
    ("BND", &["BN"]),
    ("BOB", &["BO"]),
    ("BRL", &["BR"]),
    ("BSD", &["BS"]),
    ("CAD", &["CA"]),
    ("CHF", &["CH"]),
    ("CLP", &["CL"]),
    ("CNY", &["CN"]),
    ("COP", &["CO"]),
    ("CRC", &["CR"]),
    ("CZK", &["CZ"]),
    ("DKK", &["DK"]),
    ("EGP", &["EG"]),
    (
        "EUR",
        &[
            "AD", "AT", "BE", "BG", "CY", "DE", "EE", "ES", "FI", "FR", "GR", "HR", "IE", "IT", "LT", "LU", "LV", "MC",
            "MT", "NL", "PT", "SI", "SK",
        ],
    ),
    ("GBP", &["GB"]),
    ("GTQ", &["GT"]),
    ("HUF", &["HU"]),
    ("IDR", &["ID"]),
    ("INR", &["IN"]),
    ("JOD", &["JO"]),
    ("JPY", &["JP"]),
    ("KHR", &["KH"]),
    ("KRW", &["KR"]),
    ("KWD", &["KW"]),
    ("KZT", &["KZ"]),
    ("LBP", &["LB"]),
    ("MAD", &["MA"]),
    ("MXN", &["MX"]),
    ("MYR", &["MY"]),
    ("NOK", &["NO"]),
    ("NZD", &["NZ"]),
    ("OMR", &["OM"]),
    ("PEN", &["PE"]),
    ("PHP", &["PH"]),
    ("PLN", &["PL"]),
    ("QAR", &["QA"]),
    ("RON", &["RO"]),
    ("RUB", &["RU"]),
    ("SAR", &["SA"]),
    ("SEK", &["SE"]),
    ("SGD", &["SG"]),
    ("THB", &["TH"]),
    ("TRY", &["TR"]),
    ("TTD", &["TT"]),
    ("TWD", &["TW"]),
    ("USD", &["PA", "PR", "SV", "US"]),
    ("VND", &["VN"]),
    ("ZAR", &["ZA"]),
];

/// What a country pays in; none for a country that is not in the table.
#[must_use]
pub fn currency_of(country: &str) -> Option<Currency> {
    let (code, _) = CURRENCIES.iter().find(|(_, countries)| countries.contains(&country))?;
    code.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_real_list_is_read_whole() {
        let (rows, faults) = read(include_str!("../../../../data/stores_world.csv"), |zone| zone.contains('/'));
        assert_eq!((rows.len(), faults), (200, vec![]));
        assert!(rows.iter().any(|row| row.timezone == "Asia/Shanghai"), "the list says Asia/Beijing");
        assert_eq!(rows.iter().filter(|row| row.country == "TH").count(), 60);
    }

    #[test]
    fn every_zone_of_the_list_is_read() {
        let (rows, faults) = read(include_str!("../../../../data/stores_zones.csv"), |zone| zone.contains('/'));
        assert_eq!((rows.len(), faults), (100, vec![]));
        assert!(rows.iter().any(|row| row.street.contains('\n')), "a street over two lines");
    }

    /// The whole list, of which the project holds samples: 20,479 stores. `KIRANA_DATA` is the folder it is in.
    #[test]
    fn the_whole_list_is_read() {
        let path = std::env::var_os("KIRANA_DATA").map(|folder| std::path::Path::new(&folder).join("stores_world.csv"));
        let Some(text) = path.and_then(|path| std::fs::read_to_string(path).ok()) else {
            eprintln!("passed over: KIRANA_DATA names no folder with stores_world.csv");
            return;
        };
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let headers = reader.headers().unwrap().clone();
        let records: Vec<_> = reader.records().map(Result::unwrap).collect();
        let (mut read_rows, mut all_faults, mut zones) = (0, Vec::new(), std::collections::BTreeSet::new());
        for part in records.chunks(MAX_ROWS) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(&headers).unwrap();
            part.iter().for_each(|record| writer.write_record(record).unwrap());
            let part = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let (rows, faults) = read(&part, |zone| zone.contains('/'));
            read_rows += rows.len();
            all_faults.extend(faults.into_iter().map(|fault| fault.message));
            zones.extend(rows.into_iter().map(|row| row.timezone));
        }
        assert_eq!((records.len(), read_rows), (20_479, 20_479), "{all_faults:#?}");
        // The sample has them all, and the end-to-end tests ask the runtime whether it knows each.
        let (sample, _) = read(include_str!("../../../../data/stores_zones.csv"), |zone| zone.contains('/'));
        assert_eq!(zones, sample.into_iter().map(|row| row.timezone).collect());
    }

    #[test]
    fn a_zone_may_come_with_its_offset() {
        for text in ["Asia/Bangkok", "GMT+7:00 Asia/Bangkok", "GMT+000000 Asia/Bangkok", " UTC+07 Asia/Bangkok "] {
            assert_eq!(zone_of(text), "Asia/Bangkok", "{text}");
        }
        assert_eq!(zone_of("New York"), "New York", "no offset: it is refused as no zone");
    }

    #[test]
    fn each_bad_line_is_named() {
        let text = "number,name,ownership,street,city,region,country,postcode,phone,timezone,longitude,latitude\n\
            1,Siam,Licensed,\"1, Rama I\",Bangkok,10,TH,,,Asia/Bangkok,100.53,13.74\n\
            2,Moon,Licensed,x,y,z,TH,,,Asia/Bangkok,100.53,95\n\
            3,Lost,Licensed,x,y,z,TH,,,Asia/Atlantis,100.53,13\n\
            4,Bad,Licensed,\"x\nx\",y,z,TH,,,Asia/Bangkok,east,13\n\
            1,Again,Licensed,x,y,z,TH,,,Asia/Bangkok,100,13\n\
            5,Nowhere,Licensed,x,y,z,TH,,,Asia/Bangkok,,\n\
            6,NaN,Licensed,x,y,z,TH,,,Asia/Bangkok,NaN,13\n\
            7,Atlantis,Licensed,x,y,z,XX,,,Asia/Bangkok,100,13\n\
            short\n";
        let (rows, faults) = read(text, |zone| zone == "Asia/Bangkok");
        assert_eq!(rows.len(), 1);
        assert_eq!(faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [3, 4, 5, 7, 8, 9, 10, 11]);
    }
}
