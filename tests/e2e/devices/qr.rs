//! A sale at a machine that the customer's telephone pays: the machine shows a QR code, the telephone opens what it says, and the gateway tells
//! what became of it. From the choice to the stock, with the money back when the motor fails.

use super::vending::{machine, order, order_of, slot};
use super::{Device, Line};
use crate::gateways::fake::{now, signature};
use crate::gateways::others::peer;
use crate::{shared, wanted};
use serde_json::{Value, json};

/// What notices of the gateway are signed with.
const HUSH: &str = "a notice secret of the machines";

/// The accounts that the shared chain takes money by beside the sandbox: D2I, whose pages a telephone opens.
pub fn gateways() -> String {
    let (url, _) = peer(|line, body, heard| {
        let reference = |path: &str| path.trim_start_matches("POST /payments").trim_start_matches('/').to_owned();
        if line == "POST /payments" {
            let id = format!("d_{}", heard.len());
            return Some(
                json!({"id": id, "reference": body["reference"], "amount": body["amount"], "status": "created",
                "redirect_url": format!("https://d2i.example/pay/{id}")}),
            );
        }
        if let Some(payment) = reference(line).strip_suffix("/refunds") {
            let known = heard.iter().any(|(_, body)| body["reference"] == payment);
            let refund = json!({"id": format!("r_{}", heard.len()), "reference": body["reference"], "amount": body["amount"], "status": "paid"});
            return known.then_some(refund);
        }
        None
    });
    json!({"d2i": {"base": url, "merchant": "kirana", "key": "k", "notice_secrets": [HUSH], "live": false}}).to_string()
}

/// The customer's telephone opens the page and pays: the gateway tells us.
fn pay_by_telephone(payment: &Value, page: &str) {
    let id = page.rsplit('/').next().unwrap();
    let notice = json!({"id": format!("notice-{id}"), "merchant": "kirana", "live": false,
        "payment": {"id": id, "reference": payment["id"], "amount": payment["amount"], "status": "paid"}});
    let body = notice.to_string();
    let nobody = shared().nobody.with_header("d2i-signature", &signature(&body, HUSH, now()));
    let nobody = nobody.with_header("content-type", "application/json");
    assert_eq!(nobody.send("POST", "/api/v1/webhooks/d2i", Some(&body), None).unwrap().status, 204);
}

/// From the choice to the command to hand out: the order, and the command.
fn chosen_and_paid(line: &mut Line, first: u64, session: &str) -> (String, Value) {
    line.tell(first, &json!([{"type": "sale_selected", "data": {"session": session, "slot": "A1"}}]));
    let id = order_of(&line.display("price"));
    let paid = json!({"session": session, "gateway": "d2i", "return_url": "https://kirana.example/thanks"});
    line.tell(first + 1, &json!([{"type": "sale_paid", "data": paid}]));
    let shown = line.display("action");
    assert_eq!(shown["action"]["kind"], "redirect");
    let page = shown["action"]["url"].as_str().unwrap();
    // What the machine shows as a QR code is all that the telephone needs.
    assert!(page.starts_with("https://d2i.example/pay/"), "{shown}");
    let payments = shared()
        .manager
        .get(&format!("/api/v1/payments?store_id={}&order_id={id}", shared().store))
        .unwrap()
        .expect(200)
        .unwrap();
    let payment = payments["items"].as_array().unwrap()[0].clone();
    assert_eq!(payment["status"], "requires_action");
    assert_eq!(order(&id, "placed")["payment"]["paid"]["amount"], 0);
    pay_by_telephone(&payment, page);
    (id, line.obey("vend"))
}

fn cups() -> (i64, i64) {
    shared().stock("cup").unwrap()
}

#[test]
fn a_telephone_pays_what_the_machine_shows() {
    if !wanted() {
        return;
    }
    let (device, mut line, told): (Device, Line, u64) = machine();
    let (id, vend) = chosen_and_paid(&mut line, told + 1, "qr-1");
    assert_eq!(vend["args"]["slot"], "A1");
    line.tell(told + 3, &json!([{"type": "sale_result", "data": {"session": "qr-1", "outcome": "vended"}}]));
    line.say(&json!({"type": "ack", "id": vend["id"], "state": "done"}));
    let done = order(&id, "collected");
    assert_eq!(done["payment"]["paid"], done["totals"]["total"]);
    assert_eq!(slot(&device)["count"], 4);
    // What it took without cash, what is missing in it, and nothing that is wrong.
    let takings = shared().manager.get(&device.path("takings")).unwrap().expect(200).unwrap();
    assert_eq!(
        (&takings["days"][0]["cashless"], &takings["days"][0]["cashless_count"]),
        (&done["totals"]["total"]["amount"], &json!(1))
    );
    let restock = shared().manager.get(&device.path("restock")).unwrap().expect(200).unwrap();
    assert_eq!(restock["skus"], json!([{"sku": "golden-bubble-milk-tea/medium", "missing": 6}]));
    shared().check().unwrap();
}

#[test]
fn a_motor_that_fails_gives_back_what_a_telephone_paid() {
    if !wanted() {
        return;
    }
    let (device, mut line, told) = machine();
    let (id, vend) = chosen_and_paid(&mut line, told + 1, "qr-2");
    line.say(&json!({"type": "ack", "id": vend["id"], "state": "failed", "error": "the motor of A1 does not turn"}));
    let back = order(&id, "refunded");
    assert_eq!(back["payment"]["refunded"], back["totals"]["total"]);
    let (slot, (on_hand, _)) = (slot(&device), cups());
    assert_eq!((&slot["count"], &slot["blocked"]), (&json!(5), &json!(true)));
    assert!(on_hand > 0);
    let restock = shared().manager.get(&device.path("restock")).unwrap().expect(200).unwrap();
    assert_eq!(restock["slots"][0]["blocked"], true);
    let takings = shared().manager.get(&device.path("takings")).unwrap().expect(200).unwrap();
    assert_eq!(takings["days"], json!([]), "nothing was taken");
    shared().check().unwrap();
}
