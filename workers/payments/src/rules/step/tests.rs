use super::*;

fn baht(amount: i64) -> Money {
    Money::new(amount, "THB".parse().unwrap())
}

fn known(status: Status) -> Known<'static> {
    let capture = CaptureMode::Automatic;
    Known { status, capture, amount: baht(100), captured: baht(0), capture_amount: None, transaction: None }
}

/// What a step makes of a payment, as the worker does it: the model.
fn after(known: Known<'static>, step: &Step) -> Known<'static> {
    match step {
        Step::Become(status) | Step::End(status, _) => Known { status: *status, ..known },
        Step::Authorise(_) => Known { status: Status::Authorised, ..known },
        Step::Capture(money) => Known { status: Status::Completed, captured: *money, ..known },
        Step::Rest | Step::Tell | Step::Look | Step::Flag(_) => known,
    }
}

#[test]
fn money_that_came_counts_in_any_order_and_once() {
    let seen = [
        Seen::ActionRequired,
        Seen::Pending,
        Seen::Failed("declined".into()),
        Seen::Cancelled("cancelled".into()),
        Seen::Unknown,
        Seen::Captured(baht(100)),
    ];
    // Every order of six, by Heap's algorithm on indices; each is said twice.
    let mut order: Vec<usize> = (0..seen.len()).collect();
    let mut counts = vec![0; seen.len()];
    let (mut index, mut tried) = (0, 0);
    loop {
        for source in [Source::Notice, Source::Answer] {
            let (mut payment, mut captures) = (known(Status::Initiated), 0);
            for number in order.iter().chain(&order) {
                let next = step(&payment, &seen[*number], None, source);
                captures += usize::from(matches!(next, Step::Capture(_)));
                payment = after(payment, &next);
            }
            assert_eq!((payment.status, captures), (Status::Completed, 1), "{order:?}");
        }
        tried += 1;
        while index < order.len() && counts[index] >= index {
            counts[index] = 0;
            index += 1;
        }
        if index == order.len() {
            break;
        }
        let other = if index % 2 == 0 { 0 } else { counts[index] };
        order.swap(other, index);
        counts[index] += 1;
        index = 0;
    }
    assert_eq!(tried, 720);
}

#[test]
fn other_amounts_and_currencies_change_nothing_and_are_shown() {
    for status in [Status::Initiated, Status::Unknown, Status::Authorised, Status::Failed] {
        for wrong in [baht(99), baht(101), baht(0)] {
            let next = step(&known(status), &Seen::Captured(wrong), None, Source::Notice);
            assert_eq!(next, Step::Flag("amount_mismatch"));
        }
        let crowns = Money::new(100, "SEK".parse().unwrap());
        let next = step(&known(status), &Seen::Captured(crowns), None, Source::Answer);
        assert_eq!(next, Step::Flag("currency_mismatch"));
    }
    let next = step(&known(Status::Initiated), &Seen::Authorised(baht(99)), None, Source::Answer);
    assert_eq!(next, Step::Flag("amount_mismatch"));
    let paid = Known { captured: baht(100), transaction: Some("a"), ..known(Status::Completed) };
    assert_eq!(step(&paid, &Seen::Captured(baht(100)), Some("a"), Source::Notice), Step::Rest);
    assert_eq!(step(&paid, &Seen::Captured(baht(100)), Some("b"), Source::Notice), Step::Flag("captured_twice"));
    assert_eq!(step(&paid, &Seen::Captured(baht(90)), Some("a"), Source::Notice), Step::Flag("amount_mismatch"));
}

#[test]
fn a_part_is_taken_only_where_a_part_was_wanted() {
    let held = Known { capture: CaptureMode::Manual, ..known(Status::Authorised) };
    let wanted = Known { capture_amount: Some(60), ..held };
    assert_eq!(step(&wanted, &Seen::Captured(baht(60)), None, Source::Answer), Step::Capture(baht(60)));
    assert_eq!(step(&wanted, &Seen::Captured(baht(100)), None, Source::Answer), Step::Flag("amount_mismatch"));
    // Somebody took it at the gateway itself.
    assert_eq!(step(&held, &Seen::Captured(baht(40)), None, Source::Notice), Step::Capture(baht(40)));
}

#[test]
fn silence_is_no_failure_and_what_is_old_is_asked_about() {
    assert_eq!(step(&known(Status::Initiated), &Seen::Unknown, None, Source::Answer), Step::Become(Status::Unknown));
    for status in [Status::RequiresAction, Status::Authorised, Status::Pending, Status::Completed, Status::Failed] {
        assert_eq!(step(&known(status), &Seen::Unknown, None, Source::Answer), Step::Rest);
    }
    let declined = Seen::Failed("declined".into());
    for status in [Status::RequiresAction, Status::Authorised] {
        assert_eq!(step(&known(status), &declined, None, Source::Notice), Step::Look);
        assert!(matches!(step(&known(status), &declined, None, Source::Answer), Step::End(Status::Failed, _)));
    }
    assert_eq!(step(&known(Status::Cancelled), &Seen::Authorised(baht(100)), None, Source::Notice), Step::Look);
    for status in [Status::Completed, Status::Refunded] {
        assert_eq!(step(&known(status), &declined, None, Source::Answer), Step::Rest);
    }
    let stolen = Refusal::new(Reason::Suspicious, "stolen_card");
    assert_eq!(reason(&stolen), "declined", "not told to whoever pays");
}
