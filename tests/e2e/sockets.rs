//! Sockets: opened by a ticket that is good once, and closed to whoever is not believed any more.

use crate::{pay, shared, wait_for_status, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Client, eventually};
use serde_json::json;
use std::time::Duration;
use tungstenite::client::IntoClientRequest;
use tungstenite::error::Error;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

type Socket = WebSocket<MaybeTlsStream<std::net::TcpStream>>;

/// A customer with an order: its id, and the way to its socket.
fn ordered() -> (Client, String, String) {
    let (_, customer) = shared().customer().unwrap();
    let body = shared().order(&[golden_bubble(1)]);
    let order = customer.post("/api/v1/orders", &body).unwrap().expect(201).unwrap();
    let order = order["id"].as_str().unwrap().to_owned();
    let track = format!("/api/v1/orders/{order}/track");
    (customer, order, track)
}

fn refusal(request: impl IntoClientRequest) -> u16 {
    match tungstenite::connect(request) {
        Err(Error::Http(answer)) => answer.status().as_u16(),
        other => panic!("expected a refusal: {:?}", other.map(|(_, answer)| answer)),
    }
}

/// The close code that a socket gets, and what it is told before.
fn until_closed(socket: &mut Socket) -> (Option<CloseCode>, Vec<String>) {
    let mut told = Vec::new();
    loop {
        match socket.read() {
            Ok(Message::Text(text)) => told.push(text.to_string()),
            Ok(Message::Close(frame)) => return (frame.map(|frame| frame.code), told),
            Ok(_) => {}
            Err(error) => panic!("closed without a word: {error}; told {told:?}"),
        }
    }
}

#[test]
fn a_ticket_opens_one_socket_and_nothing_else() {
    if !wanted() {
        return;
    }
    let (customer, _, track) = ordered();
    let address = customer.socket(&track).unwrap();
    let ticket = address.split_once("?ticket=").unwrap().1.to_owned();
    let (mut socket, _) = tungstenite::connect(&address).unwrap();
    assert!(socket.read().unwrap().into_text().unwrap().contains("snapshot"));
    assert_eq!(refusal(&address), 401, "used");
    assert_eq!(refusal(customer.socket_address(&track)), 401, "without any");
    assert_eq!(refusal(format!("{}?ticket=x.y.z", customer.socket_address(&track))), 401);
    let as_token = shared().nobody.with_token(&ticket);
    assert_eq!(as_token.get("/api/v1/auth/me").unwrap().status, 401, "a ticket is no access token");
    let (_, stranger) = shared().customer().unwrap();
    assert_eq!(refusal(stranger.socket(&track).unwrap()), 404, "a ticket opens what its owner may see");
    // A program that can send headers needs none; what is in an address is no access token any more.
    let mut request = customer.socket_address(&track).into_client_request().unwrap();
    let bearer = format!("Bearer {}", customer.token().unwrap());
    request.headers_mut().insert("authorization", bearer.parse().unwrap());
    tungstenite::connect(request).unwrap();
    let in_address = format!("{}?access_token={}", customer.socket_address(&track), customer.token().unwrap());
    assert_eq!(refusal(&in_address), 401);
}

#[test]
fn a_page_of_a_foreign_origin_opens_none() {
    if !wanted() {
        return;
    }
    let (customer, _, track) = ordered();
    let from = |origin: &str| {
        let mut request = customer.socket(&track).unwrap().into_client_request().unwrap();
        request.headers_mut().insert("origin", origin.parse().unwrap());
        request
    };
    for foreign in ["https://evil.example", "null"] {
        assert_eq!(refusal(from(foreign)), 403, "{foreign}");
    }
    for own in ["http://localhost:5173", customer.url()] {
        tungstenite::connect(from(own)).unwrap();
    }
}

#[test]
fn whose_session_ended_is_told_nothing_more() {
    if !wanted() {
        return;
    }
    let (customer, order, track) = ordered();
    let (mut listens, _) = tungstenite::connect(customer.socket(&track).unwrap()).unwrap();
    let (mut speaks, _) = tungstenite::connect(customer.socket(&track).unwrap()).unwrap();
    for socket in [&mut listens, &mut speaks] {
        assert!(socket.read().unwrap().into_text().unwrap().contains("snapshot"));
    }
    speaks.send(Message::text("ping")).unwrap();
    // That it was placed may come after the snapshot: events take their time.
    while speaks.read().unwrap().into_text().unwrap() != "pong" {}

    customer.post("/api/v1/auth/logout", &json!({})).unwrap().expect(204).unwrap();
    // Within a second: the list of what is revoked is half a second old at most where a socket is.
    eventually("the speaker to be dismissed", Duration::from_secs(10), || {
        if speaks.send(Message::text("ping")).is_err() {
            return Ok(());
        }
        match speaks.read() {
            Ok(Message::Close(frame)) if frame.as_ref().is_some_and(|frame| frame.code == CloseCode::Policy) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .unwrap();
    shared()
        .manager
        .post(&format!("/api/v1/orders/{order}/cancel"), &json!({"reason": "closing"}))
        .unwrap()
        .expect(200)
        .unwrap();
    let (code, told) = until_closed(&mut listens);
    assert_eq!(code, Some(CloseCode::Policy));
    assert!(told.iter().all(|told| !told.contains("cancelled")), "it is not told that it is cancelled: {told:?}");
}

#[test]
fn who_may_not_see_a_kitchen_any_more_is_told_nothing_more() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let user = json!({"email": "dismissed@sockets.example", "password": "correct horse battery", "name": "Dao",
        "roles": ["staff"], "stores": [chain.store]});
    let id = chain.admin.post("/api/v1/users", &user).unwrap().expect(201).unwrap()["id"].as_str().unwrap().to_owned();
    let login = json!({"email": user["email"], "password": user["password"]});
    let session = chain.nobody.post("/api/v1/auth/login", &login).unwrap().expect(200).unwrap();
    let staff = chain.nobody.with_token(session["access_token"].as_str().unwrap());
    let board = format!("/api/v1/stores/{}/kitchen/live", chain.store);
    let (mut socket, _) = tungstenite::connect(staff.socket(&board).unwrap()).unwrap();
    assert!(socket.read().unwrap().into_text().unwrap().contains("snapshot"));
    let rights = json!({"roles": ["customer"], "stores": []});
    chain.admin.put(&format!("/api/v1/users/{id}/rights"), &rights).unwrap().expect(200).unwrap();
    eventually("the rights to be gone", Duration::from_secs(10), || {
        let answer = staff.get("/api/v1/auth/me").map_err(|error| error.to_string())?;
        if answer.status == 401 { Ok(()) } else { Err(answer.status.to_string()) }
    })
    .unwrap();
    // Half a second later the topic knows as well; then an order is paid for, which the board is told.
    let (customer, order, _) = ordered();
    eventually("the board to be closed", Duration::from_secs(10), || {
        let _ = socket.send(Message::text("ping"));
        match socket.read() {
            Ok(Message::Close(_)) | Err(_) => Ok(()),
            Ok(other) => Err(format!("{other:?}")),
        }
    })
    .unwrap();
    pay(&customer, &order, "tok_success");
    wait_for_status(&customer, &order, "confirmed");
}
