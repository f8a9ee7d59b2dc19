//! Disputes: what a bank takes back and decides, told twice, late and out of order.

use super::{Books, at, baht, id};
use crate::db::{Inner, Payment};
use crate::ledger::{captured, disputed};
use crate::rules::status::{CaptureMode, Status};
use kirana_gateways::{Notice, NoticeKind};

fn payment(gateway: &str) -> Payment {
    Payment {
        id: id(4),
        order_id: id(1),
        store_id: id(2),
        customer_id: id(3),
        gateway: gateway.into(),
        reference: None,
        status: Status::Completed,
        capture: CaptureMode::Automatic,
        amount: baht(500),
        authorised: baht(0),
        captured: baht(500),
        refunded: baht(0),
        failure: None,
        doubt: None,
        flag: None,
        review: None,
        action: None,
        created_at: at(0),
        inner: Inner::default(),
    }
}

fn told(kind: NoticeKind, dispute: &str, amount: Option<i64>) -> Notice {
    Notice {
        event_id: "evt_1".into(),
        kind,
        payment: None,
        refund: None,
        reference: Some("pi_1".into()),
        transaction: None,
        about: Some(dispute.into()),
        amount: amount.map(baht),
        refusal: None,
        livemode: None,
    }
}

fn books() -> (Books, Payment) {
    let (books, payment) = (Books::open(), payment("stripe"));
    books.batch(captured(&payment, baht(500), at(0)).unwrap()).unwrap();
    (books, payment)
}

#[test]
fn what_is_disputed_is_away_until_it_is_decided() {
    for (decided, last) in [
        (NoticeKind::DisputeWon, vec![("deposits".to_owned(), -500), ("gateway".to_owned(), 500)]),
        (NoticeKind::DisputeLost, vec![("deposits".to_owned(), -500), ("dispute-losses".to_owned(), 500)]),
    ] {
        let (books, payment) = books();
        let tell = |kind| books.batch(disputed(&payment, &told(kind, "dp_1", Some(500)), at(5)).unwrap());
        for _ in 0..2 {
            tell(NoticeKind::Disputed).unwrap();
        }
        assert_eq!(books.short(), [("deposits".into(), -500), ("disputed".into(), 500)]);
        for kind in [decided, decided, NoticeKind::Disputed] {
            tell(kind).unwrap();
            assert_eq!(books.short(), last, "{kind:?}");
        }
        // Decided both ways: refused, and nothing moves.
        let other = if decided == NoticeKind::DisputeWon { NoticeKind::DisputeLost } else { NoticeKind::DisputeWon };
        assert!(tell(other).unwrap_err().contains("CHECK constraint failed: balance"));
        assert_eq!(books.short(), last);
    }
}

#[test]
fn one_that_was_never_told_of_is_opened_with_its_end() {
    let (books, payment) = books();
    books.batch(disputed(&payment, &told(NoticeKind::DisputeLost, "dp_1", Some(500)), at(5)).unwrap()).unwrap();
    assert_eq!(
        books.ids(),
        [
            "payment_captured/".to_owned() + &payment.id.to_string(),
            "dispute_opened/dp_1".into(),
            "dispute_lost/dp_1".into()
        ]
    );
}

#[test]
fn no_money_is_posted_where_none_is_moved_or_nobody_knows_how_much() {
    let none = |gateway: &str, notice: &Notice| disputed(&payment(gateway), notice, at(5)).unwrap().is_empty();
    assert!(none("stripe", &told(NoticeKind::Disputed, "dp_1", None)), "a question of the bank's");
    assert!(none("paypal", &told(NoticeKind::Disputed, "PP-1", Some(500))));
    assert!(none("stripe", &told(NoticeKind::Captured, "pi_1", Some(500))));
    assert!(!none("razorpay", &told(NoticeKind::DisputeLost, "disp_1", Some(500))));
}
