//! Reports of each gateway, written by hand from the columns that it documents, and files that are wrong.

#![allow(clippy::unwrap_used, clippy::panic, reason = "clippy takes only functions marked as tests for tests")]

mod common;
#[path = "common/files.rs"]
mod files;

use kirana_kernel::{Currency, Money};
use kirana_ledger::reconcile::*;
use proptest::prelude::*;

fn of(amount: i64, currency: &str) -> Money {
    Money::new(amount, currency.parse::<Currency>().unwrap())
}

fn stripe_file() -> &'static [u8] {
    include_bytes!("samples/stripe_balance_change.csv")
}

/// Kind, reference, gross and fee of each row.
fn brief(report: &Report) -> Vec<(RowKind, &str, i64, i64)> {
    let one = |row: &GatewayRow| (row.kind, row.gross.amount, row.whole_fee().unwrap().amount);
    let rows = report.rows.iter().map(|row| (one(row), row.references.first().map_or("", String::as_str)));
    rows.map(|((kind, gross, fee), reference)| (kind, reference, gross, fee)).collect()
}

#[test]
fn stripe_balance_changes() {
    let report = stripe::read(stripe_file(), Notation::Point).unwrap();
    let expected = [
        (RowKind::Payment, "pi_1", 123_450, 0),
        (RowKind::Payment, "pi_2", 4_500, 162),
        (RowKind::PaymentReversal, "pi_2", -500, 0),
        (RowKind::Refund, "re_1", -20_000, 0),
        (RowKind::Dispute, "dp_1", -103_450, 50_000),
        (RowKind::DisputeReversal, "dp_1", 103_450, 0),
        (RowKind::RefundReversal, "re_1", 20_000, 0),
        (RowKind::Fee, "", -1_200, 0),
        (RowKind::Other, "climorder_1", -310, 0),
    ];
    assert_eq!(brief(&report), expected);
    let first = &report.rows[0];
    assert_eq!((first.line, first.id.as_str(), first.gross), (2, "txn_1", of(123_450, "THB")));
    assert_eq!(
        (&first.references[..], &first.order_references[..]),
        (&["pi_1".into(), "ch_1".into()][..], &["order-5".into()][..])
    );
    assert_eq!(first.at.to_string(), "2026-11-01T09:30:00.000Z");
    assert_eq!(first.settled_at.unwrap().to_string(), "2026-11-04T00:00:00.000Z", "when it is paid out");
    assert_eq!(report.rows[1].settled_at.unwrap().to_string(), "2026-11-03T00:00:00.000Z", "else when it is available");
    assert_eq!((report.rows[1].line, report.rows[2].line), (3, 5), "a cell of two lines is one row");
    assert_eq!(report.rows[3].related, ["pi_1", "ch_1"]);
}

#[test]
fn stripe_payouts() {
    let report = stripe::read(include_bytes!("samples/stripe_payouts.csv"), Notation::Point).unwrap();
    assert_eq!(brief(&report), [(RowKind::Settlement, "po_1", -103_450, 0)]);
    assert_eq!(report.rows[0].at.to_string(), "2026-11-04T00:00:00.000Z");
}

#[test]
fn razorpay_of_the_dashboard_and_of_the_api_say_the_same() {
    let dashboard = razorpay::read(include_bytes!("samples/razorpay_recon.csv")).unwrap();
    let expected = [
        (RowKind::Payment, "pay_1", 10_000_000, 236_000),
        (RowKind::Refund, "rfnd_1", -50_000, 0),
        (RowKind::Dispute, "disp_1", -70_000, 0),
        (RowKind::Other, "adj_2", 1_000, 0),
    ];
    assert_eq!(brief(&dashboard), expected);
    let first = &dashboard.rows[0];
    assert_eq!((first.fee, first.fee_tax), (of(200_000, "INR"), of(36_000, "INR")));
    assert_eq!(first.at.to_string(), "2026-11-01T09:30:00.000Z", "India is five and a half hours ahead");
    assert_eq!(first.order_references, ["order-5", "order_1"]);
    assert_eq!(dashboard.rows[1].at.to_string(), "2026-11-01T10:30:00.000Z");

    let api = razorpay::read(include_bytes!("samples/razorpay_api.csv")).unwrap();
    assert_eq!(brief(&api)[0], (RowKind::Payment, "pay_1", 100_000, 2_360));
    assert_eq!(
        (api.rows[0].fee, api.rows[0].fee_tax),
        (of(2_000, "INR"), of(360, "INR")),
        "the API's fee has the tax in it"
    );
    assert_eq!((api.rows[0].at, api.rows[0].settled_at), (first.at, first.settled_at.map(|_| common::at(201_600_000))));
    assert_eq!((&api.rows[1].related[..], api.rows[1].settled_at), (&["pay_1".to_owned(), "order_1".into()][..], None));
}

#[test]
fn paypal_settlements() {
    let report = paypal::read(include_bytes!("samples/paypal_stl.csv")).unwrap();
    let expected = [
        (RowKind::Payment, "5TY1", 10_000, 329),
        (RowKind::Payment, "6TY2", 10_000, 400),
        (RowKind::Refund, "7TY3", -2_500, -73),
        (RowKind::Dispute, "8TY4", -7_500, 0),
        (RowKind::DisputeReversal, "9TY5", 7_500, 0),
        (RowKind::Fee, "9TY6", -2_000, 0),
        (RowKind::Settlement, "9TY7", -5_244, 0),
    ];
    assert_eq!(brief(&report), expected);
    assert_eq!(report.rows[0].gross.to_string(), "100.00 USD");
    assert_eq!(report.rows[1].gross.to_string(), "10000 JPY", "yen have no decimals");
    assert_eq!(report.rows[1].order_references, ["order-6", "said \"hello\""]);
    assert_eq!((report.rows[2].related.clone(), report.rows[0].related.clone()), (vec!["5TY1".to_owned()], vec![]));
    assert_eq!(report.rows[0].at.to_string(), "2026-11-01T09:30:00.000Z");
}

#[test]
fn paypal_transactions_that_move_nothing_are_passed_over() {
    let report = paypal::read(include_bytes!("samples/paypal_trr.csv")).unwrap();
    assert_eq!((brief(&report), report.passed_over), (vec![(RowKind::Payment, "5TY1", 10_000, 329)], 3));
}

#[test]
fn a_file_by_a_mapping() {
    let file = "Nr;Datum;Art;Haben;Soll;Währung;Gebühr;Steuer;Referenz;Zu;Bestellung;Valuta\r\n\
        1;01.11.2026 16:30:00;Sale;\"1.234,50\";;EUR;12,35;0,99;A1;;order-5;03.11.2026 00:00:00\r\n\
        2;01.11.2026 17:30:00;Return;;-34,5;EUR;-0,30;;A2;A1;order-5;\r\n";
    let report = generic::read(file.as_bytes(), &files::mapping()).unwrap();
    assert_eq!(brief(&report), [(RowKind::Payment, "A1", 123_450, 1_334), (RowKind::Refund, "A2", -3_450, -30)]);
    assert_eq!(report.rows[0].at.to_string(), "2026-11-01T09:30:00.000Z");
    assert_eq!((report.rows[1].settled_at, report.rows[1].related.clone()), (None, vec!["A1".to_owned()]));

    let mut mapping = files::mapping();
    mapping.taken_is_negative = true;
    let report = generic::read(file.as_bytes(), &mapping).unwrap();
    assert_eq!((report.rows[0].fee, report.rows[1].fee), (of(-1_235, "EUR"), of(30, "EUR")), "the other way round");
    mapping.amount = generic::AmountFrom::Unsigned { column: "Haben".into() };
    let report = generic::read("Nr;Datum;Art;Haben;Währung;Gebühr;Steuer;Referenz;Zu;Bestellung;Valuta\n2;01.11.2026 17:30:00;Return;34,5;EUR;;;A2;A1;order-5;\n".as_bytes(), &mapping).unwrap();
    assert_eq!(brief(&report), [(RowKind::Refund, "A2", -3_450, 0)]);
    mapping.kind = None;
    let fault = generic::read(b"x", &mapping).unwrap_err().to_string();
    assert_eq!(fault, "the mapping's kind is \"\": expected a column, as amounts have no sign");
    mapping.delimiter = 'ü';
    mapping.amount = generic::AmountFrom::Signed { column: "Haben".into() };
    assert!(
        generic::read(b"x", &mapping)
            .unwrap_err()
            .to_string()
            .contains("the mapping's delimiter is \"ü\": expected a comma")
    );
}

/// The sample with something put in the place of something.
fn spoilt(from: &str, to: &str) -> String {
    let text = std::str::from_utf8(stripe_file()).unwrap();
    assert!(text.contains(from), "{from}");
    stripe::read(text.replacen(from, to, 1).as_bytes(), Notation::Point).unwrap_err().to_string()
}

#[test]
fn what_is_wrong_is_said_with_its_place_and_what_would_be_right() {
    let start = "rows that cannot be read: 1; the first is ";
    for (from, to, fault) in [
        (
            "\"1,234.50\",\"-0.00\"",
            "\"1,23x.50\",\"-0.00\"",
            "line 2, column gross: found \"1,23x.50\", expected a number with at most 2 decimals after a point, such as 1,234.50, in THB",
        ),
        (
            "\"4500\",\"162\"",
            "\"4500.5\",\"162\"",
            "line 3, column gross: found \"4500.5\", expected a whole number such as 1,234, in JPY",
        ),
        ("\"jpy\"", "\"yen!\"", "line 3, column currency: found \"yen!\", expected an ISO 4217 code such as THB"),
        (
            "2026-11-01 10:00:00",
            "01/11/2026",
            "line 6, column created_utc: found \"01/11/2026\", expected a time as %Y-%m-%d %H:%M:%S",
        ),
        ("\"4338\"", "\"4339\"", "line 3, column net: found \"4339\", expected gross less fee, 4500 JPY less 162 JPY"),
        (",\"pi_1\",\"order-5\"\r\n", "\r\n", "line 2, column -: found \"17 cells\", expected 19 as in the header"),
    ] {
        assert_eq!(spoilt(from, to), format!("{start}{fault}"));
    }
    let fault = spoilt("\"gross\"", "\"amount\"");
    assert!(fault.starts_with("line 1 has no column gross: found balance_transaction_id, created_utc,"), "{fault}");
}

#[test]
fn files_that_are_none() {
    let read = |bytes: &[u8]| stripe::read(bytes, Notation::Point).unwrap_err().to_string();
    assert_eq!(read(b"\xff\xfeb\x00"), "the file is not in UTF-8 from byte 0 on: expected a CSV file saved as UTF-8");
    assert_eq!(read("\u{feff}\r\n".as_bytes()), "the file is empty: expected a line with the names of columns");
    let fault = paypal::read(b"a,b\n1,2\n").unwrap_err().to_string();
    assert_eq!(fault, "line 1 has no column CH, a line with the names of columns: found none");
    let cut = std::str::from_utf8(include_bytes!("samples/paypal_stl.csv")).unwrap().replace("\"SC\",7", "\"SC\",9");
    let fault = paypal::read(cut.as_bytes()).unwrap_err().to_string();
    assert!(fault.contains("line 14, column SC: found \"9\", expected 7, the SB lines of the section"), "{fault}");
}

#[test]
fn all_faults_are_told_up_to_a_hundred() {
    let mut file =
        String::from("payout_id,effective_at_utc,currency,gross,fee,net,reporting_category,balance_transaction_id\n");
    for number in 0..150 {
        file += &format!("po_{number},2026-11-04 00:00:00,thb,x,0,0,payout,txn\n");
    }
    let Err(ReadError::Rows(faults)) = stripe::read(file.as_bytes(), Notation::Point) else { panic!("it was read") };
    assert_eq!((faults.len(), faults[99].line), (100, 101));
}

#[test]
fn the_sample_holds_against_what_we_have() {
    let record = |id: &str, kind, reference: &str, amount, hour: i64| OurRecord {
        id: id.into(),
        kind,
        reference: Some(reference.into()),
        order_reference: None,
        amount,
        at: common::at(hour * 3_600_000),
        expected_fee: None,
    };
    let records = [
        record("c1", RecordKind::Payment, "ch_1", of(123_450, "THB"), 10),
        record("c2", RecordKind::Payment, "pi_2", of(4_000, "JPY"), 10),
        record("r1", RecordKind::Refund, "re_1", of(20_000, "THB"), 10),
        record("d1", RecordKind::Dispute, "dp_1", of(103_450, "THB"), 11),
        record("d1", RecordKind::DisputeReversal, "dp_1", of(103_450, "THB"), 12),
        record("r1", RecordKind::RefundReversal, "re_1", of(20_000, "THB"), 13),
    ];
    let report = stripe::read(stripe_file(), Notation::Point).unwrap();
    let window = kirana_ledger::Period { name: "day".into(), from: common::at(0), until: common::at(common::DAY) };
    let terms = Terms {
        gateway: common::name("stripe"),
        window,
        date_tolerance_s: 3_600,
        fee_tolerance: 0,
        settles_within_s: None,
        as_of: common::at(common::DAY),
    };
    let result = reconcile(&records, &report.rows, &terms).unwrap();
    let kinds: Vec<_> = result.exceptions.iter().map(|exception| exception.kind).collect();
    assert_eq!(
        (result.matched, kinds),
        (6, vec![ExceptionKind::UnknownMovement]),
        "a charge's id is as good as its intent's"
    );
    let exception = &result.exceptions[0];
    assert_eq!(exception.id, "unknown_movement/stripe/txn_9");
    assert_eq!(
        exception.explanation,
        "stripe moved -3.10 THB on 2026-11-01T15:00:00.000Z as climorder_1 on line 11, which is no payment, refund, dispute, \
         fee or payout. Ask what it is for."
    );
}

#[test]
fn the_document_has_every_exception_and_what_to_do() {
    let mut table =
        String::from("| exception | what it means | what to do, the likeliest first |\n| --- | --- | --- |\n");
    for kind in ExceptionKind::ALL {
        let json = serde_json::to_string(&kind).unwrap();
        assert_eq!(json, format!("\"{}\"", kind.name()));
        let todo: Vec<_> = kind.resolutions().into_iter().map(Resolution::meaning).collect();
        table += &format!("| `{}` | {} | {} |\n", kind.name(), kind.meaning(), todo.join("; "));
    }
    let document = include_str!("../../../docs/ledger.md");
    assert!(document.contains(&table), "docs/ledger.md should have:\n{table}");
}

#[test]
fn a_fee_is_a_rate_an_amount_and_its_tax() {
    let india =
        FeeSchedule { rate: kirana_ledger::Rate(20_000), fixed: of(300, "INR"), tax: kirana_ledger::Rate(180_000) };
    // 2 % of 1,234.50 is 24.69, and 3.00; 18 % of 27.69 is 4.9842.
    assert_eq!(india.fee(of(123_450, "INR")), Ok(of(3_267, "INR")));
    assert!(india.fee(of(1, "USD")).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Samples with anything put anywhere in them: read or refused, never a panic; and what is refused says where.
    #[test]
    fn whatever_stands_in_a_file(which in 0..6_usize, place: prop::sample::Index, cut in 0..40_usize, put in prop::collection::vec(any::<u8>(), 0..12)) {
        let samples: [&[u8]; 6] = [
            stripe_file(),
            include_bytes!("samples/stripe_payouts.csv"),
            include_bytes!("samples/razorpay_recon.csv"),
            include_bytes!("samples/razorpay_api.csv"),
            include_bytes!("samples/paypal_stl.csv"),
            include_bytes!("samples/paypal_trr.csv"),
        ];
        let mut file = samples[which].to_vec();
        let from = place.index(file.len());
        let until = (from + cut).min(file.len());
        file.splice(from..until, put);
        let read = match which {
            0 | 1 => stripe::read(&file, Notation::Point),
            2 | 3 => razorpay::read(&file),
            _ => paypal::read(&file),
        };
        let _ = generic::read(&file, &files::mapping());
        if let Err(ReadError::Rows(faults)) = read {
            let lines = file.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() as u64 + 1;
            prop_assert!(faults.iter().all(|fault| (1..=lines).contains(&fault.line) && !fault.expected.is_empty()));
        }
    }
}
