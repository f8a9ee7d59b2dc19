//! The authorisation matrix (S1): every route of the table, asked by everybody, about things of the first store and of its
//! customer Ann. What must hold follows from the route's policy; what was answered stands in `snapshot.txt`, for people to read.
//!
//! `KIRANA_WRITE_MATRIX=1 cargo xtask test --only e2e matrix` writes the snapshot anew.

mod body;
mod callers;
mod subjects;

use crate::wanted;
use callers::{Caller, Side};
use gateway::policy::{Access, Class, Route, Scope};
use gateway::routes::ROUTES;
use kirana_tests::{Answer, Chain, Client, Platform};
use serde_json::Value;
use std::fmt::Write;
use subjects::Subjects;

/// What would end the caller, or what others are asked about: only those are asked who are refused.
const ENDS_SOMEBODY: &[&str] = &[
    "DELETE /api/v1/auth/sessions",
    "DELETE /api/v1/auth/sessions/{id}",
    "POST /api/v1/auth/logout",
    "DELETE /api/v1/users/{id}",
    "DELETE /api/v1/users/{id}/sessions",
    "PUT /api/v1/users/{id}/rights",
    "DELETE /api/v1/stores/{id}/staff/{user_id}",
    "DELETE /api/v1/products/{id}",
    "DELETE /api/v1/api-keys/{id}",
    "POST /api/v1/devices/{id}/revoke",
];

/// Who runs the store does not find these, and why.
const NOT_FOUND_BY_ANYBODY: &[(&str, &str)] = &[
    ("/api/v1/devices/breaches/{id}", "no fridge was warm"),
    ("/api/v1/modifier-groups/{menu_id}/{id}/options/{sku}", "the group has no option cup"),
    ("/api/v1/devices/firmware/{kind}/{version}", "no maker has signed anything"),
    ("/api/v1/devices/rollouts/{id}", "nothing was rolled out by then"),
    ("/api/v1/devices/rollouts/{id}/halt", "nothing was rolled out by then"),
    ("/api/v1/dead-letters/{id}", "nothing failed"),
    ("/api/v1/dead-letters/{id}/replay", "nothing failed"),
    ("/api/v1/inventory/{store_id}/by-barcode/{code}", "no item has it"),
    ("/api/v1/inventory/{store_id}/variances/{number}", "nothing was sold that was not there"),
    ("/api/v1/orders/{id}/invoice", "an invoice is written when an order is completed"),
    ("/api/v1/orders/{id}/invoice/send", "an invoice is written when an order is completed"),
    ("/api/v1/orders/{id}/invoice/pdf", "an invoice is written when an order is completed"),
    ("/api/v1/payments/{id}/review", "no rule asked anybody to look"),
    ("/api/v1/stores/{id}/shifts/{shift_id}", "no shift is planned"),
    ("/api/v1/stores/{id}/delivery-zones/{zone_id}", "no zone is drawn"),
    ("/api/v1/table-views/{id}", "nobody has saved this one"),
    ("/api/v1/orders/{id}/lines/{line}/cancel", "the order is over by then"),
    ("/api/v1/payments/exceptions/{id}", "nothing was held against a report"),
    ("/api/v1/franchisees/{id}/royalty-agreement", "nothing was agreed by then"),
    ("/api/v1/franchisees/{id}/royalties/{period}", "no statement was drawn by then"),
    ("/api/v1/stores/{id}/staff", "nobody has the address of the document's example"),
    ("/api/v1/notifications/unreachable/{user_id}", "no letter bounced"),
    ("/api/v1/warehouses/{id}", "a warehouse is its own people's"),
    ("/api/v1/transfers/{id}/close", "it was sent by a warehouse"),
];

/// How somebody was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell {
    /// Let in; what they sent may be wrong all the same.
    In,
    /// 401: nobody knows who they are.
    Unknown,
    /// 403: known, and not let near this kind of thing.
    Forbidden,
    /// 404: there is no such thing for them.
    Nothing,
    /// Was not asked.
    NotAsked,
}

impl Cell {
    fn of(answer: &Answer) -> Self {
        match answer.status {
            401 => Self::Unknown,
            403 => Self::Forbidden,
            404 => Self::Nothing,
            _ => Self::In,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Unknown => "401",
            Self::Forbidden => "403",
            Self::Nothing => "404",
            Self::NotAsked => "-",
        }
    }
}

/// A route, asked by everybody.
struct Asked<'a> {
    api: &'a Value,
    subjects: &'a Subjects,
    route: &'a Route,
    wrong: &'a mut Vec<String>,
}

impl Asked<'_> {
    fn name(&self) -> String {
        format!("{} {}", self.route.method, self.route.path)
    }

    fn send(&self, client: &Client, subjects: &Subjects) -> Answer {
        let path = subjects.fill(self.route, self.api);
        let body = (self.route.method != "GET").then(|| body::of(self.api, self.route, subjects).to_string());
        let key = Client::new_key();
        client.send(self.route.method, &path, body.as_deref(), Some(&key)).unwrap()
    }

    fn found_wrong(&mut self, caller: &Caller, what: &str, answer: &Answer) {
        let text: String = answer.text.chars().take(300).collect();
        self.wrong.push(format!("{} as {}: {what}: {} {text}", self.name(), caller.name, answer.status));
    }

    /// What the table alone decides.
    fn by_table(&self, caller: &Caller) -> Option<Cell> {
        match self.route.access {
            Access::Public | Access::Guest => None,
            _ if caller.side == Side::Nobody => Some(Cell::Unknown),
            // A key is let near what its scopes name, and that is no account.
            _ if caller.side == Side::Key && !subjects::is_for_keys(self.route) => Some(Cell::Forbidden),
            Access::Roles(roles) if !roles.contains(&caller.role) => Some(Cell::Forbidden),
            _ => None,
        }
    }

    fn ask(&mut self, caller: &Caller) -> Cell {
        let by_table = self.by_table(caller);
        let open = matches!(self.route.access, Access::Public | Access::Guest);
        let has_subject = self.route.path.contains('{');
        let foreign = !open && caller.is_foreign(self.route.scope) && !subjects::is_about_the_caller(self.route);
        if by_table.is_none() && !(foreign && has_subject) && ENDS_SOMEBODY.contains(&self.name().as_str()) {
            return Cell::NotAsked;
        }
        let answer = self.send(&caller.client, self.subjects);
        let cell = Cell::of(&answer);
        if answer.status >= 500 {
            self.found_wrong(caller, "is our fault", &answer);
        }
        match by_table {
            Some(expected) if expected != cell => {
                self.found_wrong(caller, &format!("the table says {}", expected.text()), &answer);
            }
            Some(_) => {}
            None if foreign => self.judge_foreign(caller, &answer, has_subject),
            None if caller.runs(self.route) && has_subject && self.route.class != Class::Proof => {
                let known = NOT_FOUND_BY_ANYBODY.iter().any(|(path, _)| *path == self.route.path);
                if cell != Cell::In && !known {
                    self.found_wrong(caller, "it is theirs, and they are not let in", &answer);
                }
            }
            None => {}
        }
        cell
    }

    /// What is somebody else's is answered like what does not exist, and no word of it gets out.
    fn judge_foreign(&mut self, caller: &Caller, answer: &Answer, has_subject: bool) {
        if let Some(leak) = self.subjects.leak(&answer.text, self.route, self.api) {
            self.found_wrong(caller, &format!("tells {leak}"), answer);
        }
        let changes = self.route.method != "GET";
        if changes && answer.status < 300 && (has_subject || self.subjects.names_the_store(self.api, self.route)) {
            self.found_wrong(caller, "does it to things of others", answer);
        }
        if !has_subject {
            return;
        }
        let unknown = self.subjects.unknown();
        let other = self.send(&caller.client, &unknown);
        let (one, another) = (self.subjects.bare(&answer.text), unknown.bare(&other.text));
        if (answer.status, &one) != (other.status, &another) {
            let what = format!("can tell it from what does not exist, which is {} {another}", other.status);
            self.found_wrong(caller, &what, answer);
        }
    }
}

#[test]
fn everybody_is_answered_as_the_table_says() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("matrix").unwrap();
    let chain = Chain::open(&platform, 1_000).unwrap();
    let (callers, subjects) = callers::everybody(&chain);
    let api = chain.nobody.get("/api/v1/openapi.json").unwrap().expect(200).unwrap();
    let mut wrong = Vec::new();
    let names: Vec<_> = callers.iter().map(|caller| caller.name).collect();
    let mut table = format!("{:<74} {:<9} {}\n", "route", "scope", heads(&names));
    // What deletes comes last, so that all else finds what it asks for.
    let mut routes: Vec<_> = ROUTES.iter().collect();
    routes.sort_by_key(|route| route.method == "DELETE");
    let mut rows = Vec::new();
    for route in routes {
        let mut asked = Asked { api: &api, subjects: &subjects, route, wrong: &mut wrong };
        // Strangers first: whoever may, may change it.
        let mut cells = vec![Cell::NotAsked; callers.len()];
        let mut order: Vec<_> = callers.iter().enumerate().collect();
        order.sort_by_key(|(_, caller)| !caller.is_foreign(route.scope));
        for (index, caller) in order {
            cells[index] = asked.ask(caller);
        }
        let cells: Vec<_> = cells.iter().map(|cell| cell.text()).collect();
        let row =
            format!("{:<74} {:<9} {}\n", asked.name(), format!("{:?}", route.scope).to_lowercase(), heads(&cells));
        rows.push((ROUTES.iter().position(|one| std::ptr::eq(one, route)), row));
    }
    rows.sort();
    for (_, row) in rows {
        let _ = table.write_str(&row);
    }
    let file = "e2e/matrix/snapshot.txt";
    if std::env::var_os("KIRANA_WRITE_MATRIX").is_some() {
        std::fs::write(file, &table).unwrap();
    }
    assert!(wrong.is_empty(), "{} cells are wrong:\n{}", wrong.len(), wrong.join("\n"));
    let known = std::fs::read_to_string(file).unwrap_or_default();
    let changed: Vec<_> = table.lines().filter(|line| !known.lines().any(|known| known == *line)).collect();
    assert!(
        changed.is_empty() && known.lines().count() == table.lines().count(),
        "the snapshot has other rows:\n{}",
        changed.join("\n")
    );
    // A matrix in which nobody gets anywhere proves nothing.
    assert!(ROUTES.iter().filter(|route| route.scope == Scope::Store).count() > 50);
}

fn heads(words: &[&str]) -> String {
    let padded: Vec<_> = words.iter().map(|word| format!("{word:<9}")).collect();
    padded.join(" ").trim_end().to_owned()
}
