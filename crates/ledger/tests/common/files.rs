//! Writes rows as each gateway writes them.

#![allow(dead_code, reason = "not every test writes every file")]
#![allow(clippy::unwrap_used, reason = "clippy takes only functions marked as tests for tests")]

use kirana_kernel::{Money, Timestamp};
use kirana_ledger::reconcile::{DateFormat, GatewayRow, Notation, RowKind, generic};

/// An amount as `1,234.50`, with commas between thousands.
fn major(money: Money) -> String {
    let text = money.to_string();
    let number = text.split(' ').next().unwrap().trim_start_matches('-');
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if money.amount < 0 { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{grouped}") } else { format!("{sign}{grouped}.{fraction}") }
}

fn quoted(cells: &[String]) -> String {
    cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect::<Vec<_>>().join(",")
}

fn local(moment: Timestamp, minutes: i64, format: &str) -> String {
    Timestamp::from_millis(moment.millis() + minutes * 60_000).to_utc().format(format).to_string()
}

fn first(names: &[String]) -> String {
    names.first().cloned().unwrap_or_default()
}

pub fn stripe(rows: &[GatewayRow]) -> String {
    let mut file = String::from(
        "\u{feff}balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,source_id,description,payment_intent_id,automatic_payout_effective_at_utc,payment_metadata[order_id]\r\n",
    );
    for row in rows {
        let category = match row.kind {
            RowKind::Payment => "charge",
            RowKind::PaymentReversal => "partial_capture_reversal",
            RowKind::Refund => "refund",
            RowKind::RefundReversal => "refund_failure",
            RowKind::Dispute => "dispute",
            RowKind::DisputeReversal => "dispute_reversal",
            RowKind::Fee => "fee",
            RowKind::Settlement => "payout",
            RowKind::Other => "other_adjustment",
        };
        let is_payment = matches!(row.kind, RowKind::Payment | RowKind::PaymentReversal);
        let utc = "%Y-%m-%d %H:%M:%S";
        file += &quoted(&[
            row.id.clone(),
            local(row.at, 0, utc),
            row.gross.currency.code().to_lowercase(),
            major(row.gross),
            major(row.fee),
            major(row.net().unwrap()),
            category.into(),
            if is_payment { format!("ch_{}", row.id) } else { first(&row.references) },
            "Order \"no. 5\", with milk".into(),
            if is_payment { first(&row.references) } else { first(&row.related) },
            row.settled_at.map(|at| local(at, 0, utc)).unwrap_or_default(),
            first(&row.order_references),
        ]);
        file += "\r\n";
    }
    file
}

pub fn razorpay(rows: &[GatewayRow]) -> String {
    let mut file = String::from(
        "transaction_entity,entity_id,amount,currency,fee (exclusive tax),tax,debit,credit,payment_method,card_type,issuer_name,entity_created_at,payment_captured_at,payment_notes,refund_notes,arn,entity_description,order_id,order_receipt,order_notes,dispute_id,dispute_created_at,dispute_reason,settlement_id,settled_at,settlement_utr,settled_by\n",
    );
    for row in rows {
        let entity = match row.kind {
            RowKind::Payment => "payment",
            RowKind::Refund => "refund",
            RowKind::Settlement => "settlement",
            _ => "adjustment",
        };
        let net = row.net().unwrap();
        let side = |wanted: bool| {
            if (net.amount >= 0) == wanted {
                Money::new(net.amount.abs(), net.currency)
            } else {
                Money::zero(net.currency)
            }
        };
        let india = |at: Timestamp| local(at, 330, "%d/%m/%Y %H:%M:%S");
        let mut cells = vec![String::new(); 27];
        cells[0] = entity.into();
        cells[1] = first(&row.references);
        cells[2] = major(Money::new(row.gross.amount.abs(), row.gross.currency));
        cells[3] = row.gross.currency.code().into();
        (cells[4], cells[5]) = (major(row.fee), major(row.fee_tax));
        (cells[6], cells[7]) = (major(side(false)), major(side(true)));
        cells[11] = india(row.at);
        cells[17] = first(&row.related);
        cells[18] = first(&row.order_references);
        cells[24] = row.settled_at.map(india).unwrap_or_default();
        file += &quoted(&cells);
        file.push('\n');
    }
    file
}

pub fn paypal(rows: &[GatewayRow]) -> String {
    let mut file = String::from(
        "\"RH\",\"2026/11/02 04:00:00 -0800\",\"A\",\"MERCHANT\",9\n\"FH\",01\n\"SH\",\"2026/11/01 00:00:00 -0800\",\"2026/11/01 23:59:59 -0800\",\"MERCHANT\",\"\"\n\"CH\",\"Transaction ID\",\"Invoice ID\",\"PayPal Reference ID\",\"PayPal Reference ID Type\",\"Transaction Event Code\",\"Transaction Initiation Date\",\"Transaction Completion Date\",\"Transaction  Debit or Credit\",\"Gross Transaction Amount\",\"Gross Transaction Currency\",\"Fee Debit or Credit\",\"Fee Amount\",\"Fee Currency\",\"Custom Field\",\"Consumer ID\",\"Payment Tracking ID\",\"Store ID\"\n",
    );
    for row in rows {
        let code = match row.kind {
            RowKind::Payment => "T0006",
            RowKind::Refund | RowKind::RefundReversal => "T1107",
            RowKind::Dispute => "T1201",
            RowKind::DisputeReversal => "T1202",
            RowKind::Fee => "T0106",
            RowKind::Settlement => "T0400",
            _ => "T0200",
        };
        let way = |amount: i64| if amount < 0 { "DR" } else { "CR" }.to_owned();
        let pacific = |at: Timestamp| format!("{} -0800", local(at, -480, "%Y/%m/%d %H:%M:%S"));
        let related = first(&row.related);
        let mut cells: Vec<String> =
            vec!["SB".into(), first(&row.references), first(&row.order_references), related.clone()];
        cells.push(if related.is_empty() { String::new() } else { "TXN".into() });
        cells.extend([code.into(), pacific(row.at), row.settled_at.map(pacific).unwrap_or_default()]);
        cells.extend([way(row.gross.amount), row.gross.amount.abs().to_string(), row.gross.currency.code().into()]);
        cells.extend([way(-row.fee.amount), row.fee.amount.abs().to_string(), row.fee.currency.code().into()]);
        cells.extend(vec![String::new(); 4]);
        file += &quoted(&cells);
        file.push('\n');
    }
    file += &format!("\"SF\",\"THB\",0,0\n\"SC\",{0}\n\"RF\",\"THB\",0,0\n\"RC\",{0}\n\"FF\",{0}\n", rows.len());
    file
}

pub fn mapping() -> generic::Mapping {
    let words = [
        ("Sale", RowKind::Payment),
        ("Correction", RowKind::PaymentReversal),
        ("Return", RowKind::Refund),
        ("Charge", RowKind::Fee),
        ("Payout", RowKind::Settlement),
        ("Misc", RowKind::Other),
    ];
    let text = |text: &str| Some(text.to_owned());
    generic::Mapping {
        delimiter: ';',
        notation: Notation::Comma,
        dates: DateFormat::Pattern { pattern: "%d.%m.%Y %H:%M:%S".into(), offset_minutes: 420 },
        currency: generic::CurrencyFrom::Column { column: "Währung".into() },
        amount: generic::AmountFrom::CreditDebit { credit: "Haben".into(), debit: "Soll".into() },
        references: vec!["Referenz".into()],
        at: "Datum".into(),
        id: text("Nr"),
        kind: text("Art"),
        kinds: words.into_iter().map(|(word, kind)| (word.to_owned(), kind)).collect(),
        related: vec!["Zu".into()],
        order_references: vec!["Bestellung".into()],
        fee: text("Gebühr"),
        fee_tax: text("Steuer"),
        taken_is_negative: false,
        settled_at: text("Valuta"),
        settlement: None,
    }
}

pub fn semicolons(rows: &[GatewayRow]) -> String {
    let mut file = String::from("Nr;Datum;Art;Haben;Soll;Währung;Gebühr;Steuer;Referenz;Zu;Bestellung;Valuta\n");
    let comma = |money: Money| major(money).replace(',', "x").replace('.', ",").replace('x', ".");
    for row in rows {
        let word = mapping().kinds.into_iter().find(|(_, kind)| *kind == row.kind).unwrap().0;
        let zone = |at: Timestamp| local(at, 420, "%d.%m.%Y %H:%M:%S");
        let size = comma(Money::new(row.gross.amount.abs(), row.gross.currency));
        let (credit, debit) = if row.gross.amount < 0 { (String::new(), size) } else { (size, String::new()) };
        let cells = [
            row.id.clone(),
            zone(row.at),
            word,
            credit,
            debit,
            row.gross.currency.code().into(),
            comma(row.fee),
            comma(row.fee_tax),
            first(&row.references),
            first(&row.related),
            first(&row.order_references),
            row.settled_at.map(zone).unwrap_or_default(),
        ];
        file += &cells.join(";");
        file.push('\n');
    }
    file
}
