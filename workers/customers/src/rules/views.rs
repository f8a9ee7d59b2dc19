//! Saved views of tables: what one may hold, and who may share and remove it.

use kirana_edge::{FieldError, Principal};
use kirana_kernel::{Id, Role, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Views that one person keeps at most.
pub const MAX_VIEWS: usize = 100;

/// With whom a view is shared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shared {
    /// With nobody.
    #[default]
    Own,
    /// With everybody who works in a store of the franchisee.
    Franchisee,
    /// With everybody who works for the chain.
    Chain,
}

impl Shared {
    /// Its name, as it is kept.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Franchisee => "franchisee",
            Self::Chain => "chain",
        }
    }
}

/// What a view shows of its table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Shown {
    /// What the address of the page says: filters, order, words that are searched for.
    pub search: BTreeMap<String, String>,
    /// The columns, in their order.
    pub columns: Vec<String>,
}

/// A view to be saved. Of the same name and table, it takes the place of the one before.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewView {
    /// The table, as the app calls it.
    #[schema(example = "orders")]
    pub table: String,
    /// What it is called, 1 to 60 characters.
    #[schema(min_length = 1, max_length = 60)]
    pub name: String,
    /// Filters, order and words, as the page's address has them: 20 at most.
    #[serde(default)]
    pub search: BTreeMap<String, String>,
    /// The columns, 40 at most.
    #[serde(default)]
    #[schema(max_items = 40)]
    pub columns: Vec<String>,
    /// With whom it is shared.
    #[serde(default)]
    pub shared: Shared,
    /// A store of the franchisee that it is shared with; an owner's own franchisee if not given.
    #[serde(default)]
    pub store_id: Option<Id>,
}

/// A saved view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TableView {
    /// Its id.
    pub id: Id,
    /// The table.
    pub table: String,
    /// What it is called.
    pub name: String,
    /// Filters, order and words.
    pub search: BTreeMap<String, String>,
    /// The columns.
    pub columns: Vec<String>,
    /// With whom it is shared.
    pub shared: Shared,
    /// Is it the caller's own?
    pub mine: bool,
    /// Who saved it.
    pub saved_by: String,
    /// May the caller remove it?
    pub removable: bool,
    /// When it was saved.
    pub changed_at: Timestamp,
}

impl NewView {
    /// Everything that is wrong with it.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let mut fault =
            |path: &str, message: &str| faults.push(FieldError { path: path.into(), message: message.into() });
        let is_key = |text: &str| {
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
            (1..=40).contains(&text.len()) && text.bytes().all(fits)
        };
        if !is_key(&self.table) {
            fault("table", "expected the name of a table: 1 to 40 letters, digits, dots, - and _");
        }
        if !(1..=60).contains(&self.name.trim().chars().count()) {
            fault("name", "expected 1 to 60 characters");
        }
        let fits = |(key, value): (&String, &String)| is_key(key) && value.chars().count() <= 200;
        if self.search.len() > 20 || !self.search.iter().all(fits) {
            fault("search", "expected 20 at most, each with a name of 40 and a value of 200 characters at most");
        }
        if self.columns.len() > 40 || !self.columns.iter().all(|column| is_key(column)) {
            fault("columns", "expected 40 at most, of 1 to 40 letters, digits, dots, - and _ each");
        }
        faults
    }
}

/// Who may share like this: leads share with their franchisee, the chain with everybody. Everybody keeps their own.
#[must_use]
pub fn may_share(caller: &Principal, shared: Shared) -> bool {
    match shared {
        Shared::Own => true,
        Shared::Franchisee => caller.has_any(&[Role::Manager, Role::Owner, Role::Admin]),
        Shared::Chain => caller.is_chain(),
    }
}

/// Who may remove a view: whoever saved it, the owner of the franchisee that it is shared with, and the chain what it shares.
#[must_use]
pub fn may_remove(caller: &Principal, owner: Id, shared: Shared, franchisee: Option<Id>) -> bool {
    let leads = caller.has(Role::Owner) && franchisee.is_some() && caller.franchisee == franchisee;
    owner == caller.id || (shared != Shared::Own && (leads || caller.is_chain()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u8) -> Id {
        Id::new(Timestamp::from_millis(1), [number; 10])
    }

    fn somebody(role: Role, franchisee: Option<Id>) -> Principal {
        Principal { id: id(1), roles: vec![role], franchisee, ..kirana_edge::principal::service("x") }
    }

    fn view() -> NewView {
        NewView {
            table: "orders".into(),
            name: "Late ones".into(),
            search: BTreeMap::from([("status".into(), "preparing".into())]),
            columns: vec!["number".into(), "placed".into()],
            shared: Shared::Own,
            store_id: None,
        }
    }

    #[test]
    fn faults_name_their_field() {
        let paths = |view: NewView| view.faults().into_iter().map(|fault| fault.path).collect::<Vec<_>>();
        assert!(paths(view()).is_empty());
        assert_eq!(paths(NewView { table: "or/ders".into(), ..view() }), ["table"]);
        assert_eq!(paths(NewView { name: " ".into(), ..view() }), ["name"]);
        let long = BTreeMap::from([("q".into(), "x".repeat(201))]);
        assert_eq!(paths(NewView { search: long, ..view() }), ["search"]);
        let many = (0..21).map(|number| (format!("f{number}"), String::new())).collect();
        assert_eq!(paths(NewView { search: many, ..view() }), ["search"]);
        assert_eq!(paths(NewView { columns: vec![String::new()], ..view() }), ["columns"]);
    }

    #[test]
    fn who_leads_shares_and_whose_it_is_removes() {
        let may = |role| {
            [Shared::Own, Shared::Franchisee, Shared::Chain].map(|shared| may_share(&somebody(role, None), shared))
        };
        assert_eq!(may(Role::Staff), [true, false, false]);
        assert_eq!(may(Role::Manager), [true, true, false]);
        assert_eq!(may(Role::Admin), [true, true, true]);

        let (mine, theirs, franchisee) = (id(1), id(2), Some(id(9)));
        let owner = somebody(Role::Owner, franchisee);
        assert!(may_remove(&somebody(Role::Staff, None), mine, Shared::Own, None));
        assert!(!may_remove(&somebody(Role::Manager, None), theirs, Shared::Franchisee, franchisee));
        assert!(may_remove(&owner, theirs, Shared::Franchisee, franchisee));
        assert!(!may_remove(&owner, theirs, Shared::Franchisee, Some(id(8))));
        assert!(!may_remove(&owner, theirs, Shared::Chain, None));
        let admin = somebody(Role::Admin, None);
        assert!(may_remove(&admin, theirs, Shared::Chain, None) && !may_remove(&admin, theirs, Shared::Own, None));
    }
}
