//! What is counted for Prometheus: series by their names as its text format has them, such as
//! `kirana_http_requests_total{worker="orders",status="201"}`.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Numbers by series.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Series(pub BTreeMap<String, f64>);

impl Series {
    /// Adds to a series.
    pub fn add(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        *self.0.entry(key(name, labels)).or_default() += value;
    }

    /// Adds all of another's.
    pub fn merge(&mut self, other: Self) {
        for (key, value) in other.0 {
            *self.0.entry(key).or_default() += value;
        }
    }

    /// The text that Prometheus reads (its exposition format 0.0.4). `kinds` tells each name's type and what it means.
    #[must_use]
    pub fn text(&self, kinds: &[(&str, &str, &str)]) -> String {
        let mut text = String::new();
        for (name, kind, help) in kinds {
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
            let of_name = |key: &str| {
                let bare = key.split('{').next().unwrap_or(key);
                let part = bare.strip_prefix(name);
                part.is_some_and(|part| {
                    part.is_empty() || (*kind == "histogram" && ["_bucket", "_sum", "_count"].contains(&part))
                })
            };
            for (key, value) in self.0.iter().filter(|(key, _)| of_name(key)) {
                let _ = writeln!(text, "{key} {value}");
            }
        }
        text
    }
}

fn key(name: &str, labels: &[(&str, &str)]) -> String {
    if labels.is_empty() {
        return name.into();
    }
    let escaped = |value: &str| value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let labels: Vec<_> = labels.iter().map(|(label, value)| format!("{label}=\"{}\"", escaped(value))).collect();
    format!("{name}{{{}}}", labels.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prometheus_reads_each_name_under_its_type() {
        let mut series = Series::default();
        series.add("calls_total", &[("path", "/a\"b\\c\n")], 2.0);
        series.add("calls_total", &[("path", "/a\"b\\c\n")], 1.0);
        series.add("seconds_bucket", &[("le", "0.1")], 3.0);
        series.add("seconds_sum", &[], 0.25);
        series.add("nobody_knows", &[], 1.0);
        let text = series.text(&[("calls_total", "counter", "Calls."), ("seconds", "histogram", "How long.")]);
        let expected = "# HELP calls_total Calls.\n# TYPE calls_total counter\ncalls_total{path=\"/a\\\"b\\\\c\\n\"} 3\n\
                        # HELP seconds How long.\n# TYPE seconds histogram\nseconds_bucket{le=\"0.1\"} 3\nseconds_sum 0.25\n";
        assert_eq!(text, expected);
    }
}
