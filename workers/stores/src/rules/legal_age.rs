//! From which age somebody may buy what is for adults only, by country.
//!
//! Of alcohol sold in shops, spirits included, the strictest rule within the country: a list of laws that change, so what is
//! not in it, or not sure, is taken to be as strict as the strictest. Sources: the World Health Organization's database on
//! alcohol and health (age limits for off-premise service), India's state laws (21 to 25).

/// No country asks for more.
const STRICTEST: u32 = 25;

/// The age of a country (ISO 3166-1 alpha-2).
#[must_use]
pub fn legal_age(country: &str) -> u32 {
    match country {
        "AU" | "AT" | "BE" | "CH" | "CZ" | "DE" | "DK" | "ES" | "FR" | "GB" | "HK" | "IE" | "IT" | "MX" | "NL"
        | "NZ" | "PH" | "PL" | "PT" | "SG" | "VN" | "ZA" => 18,
        "CA" | "KR" => 19,
        "FI" | "IS" | "JP" | "LT" | "NO" | "SE" | "TH" => 20,
        "AE" | "ID" | "LK" | "MY" | "US" => 21,
        _ => STRICTEST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_not_in_the_list_is_as_strict_as_the_strictest() {
        assert_eq!((legal_age("TH"), legal_age("US"), legal_age("IN"), legal_age("XX")), (20, 21, 25, 25));
    }
}
