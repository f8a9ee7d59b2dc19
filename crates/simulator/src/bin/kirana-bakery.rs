//! `kirana-bakery [--days N] [--json] [--summary] <file>`: see `cargo xtask bakery`.
#![allow(clippy::disallowed_methods)] // the clock: this program never runs as WASM

use kirana_simulator::Sabotage;
use kirana_simulator::bakery::{DayReport, Summary, replay};
use std::process::ExitCode;
use std::time::Instant;

#[derive(Default)]
struct Options {
    days: Option<usize>,
    json: bool,
    summary: bool,
    file: Option<String>,
}

fn options() -> Result<Options, String> {
    let mut options = Options::default();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--json" => options.json = true,
            "--summary" => options.summary = true,
            "--days" => {
                let days = words.next().and_then(|value| value.parse().ok()).filter(|days| *days > 0);
                options.days = Some(days.ok_or("--days is followed by a number of days")?);
            }
            flag if flag.starts_with('-') => return Err(format!("{flag} is not known here")),
            file => options.file = Some(file.into()),
        }
    }
    Ok(options)
}

fn run() -> Result<(), String> {
    let options = options()?;
    let file = options.file.as_deref().ok_or("expected the till's file")?;
    let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    let begun = Instant::now();
    let mut days: Vec<DayReport> = Vec::new();
    let summary = replay(&text, options.days, Sabotage::None, |day| {
        if options.json {
            days.push(day.clone());
        } else if !options.summary {
            println!("{day}");
        }
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    tell(&options, &days, &summary, seconds)
}

#[allow(clippy::cast_precision_loss)] // for people to read
fn tell(options: &Options, days: &[DayReport], summary: &Summary, seconds: f64) -> Result<(), String> {
    let pace = summary.simulated_seconds as f64 / seconds;
    if options.json {
        let told = serde_json::json!({
            "days": days,
            "summary": summary,
            "waste_percent": summary.waste_percent(),
            "stock_out_percent": summary.stock_out_percent(),
            "seconds": seconds,
            "times_real_speed": pace,
        });
        println!("{}", serde_json::to_string_pretty(&told).map_err(|error| error.to_string())?);
    } else {
        println!("{summary}");
        println!(
            "  {:.0} simulated days in {seconds:.1} s: {pace:.0} times real speed",
            summary.simulated_seconds as f64 / 86_400.0
        );
    }
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(wrong) => {
            eprintln!("error: {wrong}");
            ExitCode::FAILURE
        }
    }
}
