//! A provider that does as it is told: it keeps what it is asked, and takes it, refuses it, fails or says nothing, by address.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// How an address is answered.
#[derive(Clone, Copy, Debug)]
pub enum Mood {
    /// Takes what comes.
    Takes,
    /// Fails so many times, then takes it.
    FailsFirst(usize),
    /// Says that nobody can be reached there.
    Refuses,
    /// Says nothing, and holds the line.
    IsSilent,
}

/// What happened, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody asked for a message to this address.
    Asked(String),
    /// It was taken.
    Taken(String),
    /// A line on which nothing was said was given up by who asked.
    GivenUp(String),
}

/// One message, as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// To whom.
    pub to: String,
    /// Its words.
    pub text: String,
}

#[derive(Default)]
struct State {
    moods: BTreeMap<String, Mood>,
    asked: Vec<Asked>,
    events: Vec<Event>,
}

/// The provider, until this process ends. It speaks as Postmark and as Twilio.
pub struct Peer {
    /// Where it answers.
    pub url: String,
    state: Arc<Mutex<State>>,
}

impl Peer {
    pub fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let state = Arc::clone(&shared);
                // Who goes away in the middle is no matter.
                std::thread::spawn(move || answer(stream, &state).ok());
            }
        });
        Self { url, state }
    }

    /// From now on this address is answered so; each starts by being taken.
    pub fn set(&self, address: &str, mood: Mood) {
        self.state.lock().unwrap().moods.insert(address.into(), mood);
    }

    /// What was asked for an address.
    pub fn asked(&self, address: &str) -> Vec<Asked> {
        self.state.lock().unwrap().asked.iter().filter(|asked| asked.to == address).cloned().collect()
    }

    /// How often something was taken for an address.
    pub fn taken(&self, address: &str) -> usize {
        self.events().iter().filter(|event| **event == Event::Taken(address.into())).count()
    }

    pub fn events(&self) -> Vec<Event> {
        self.state.lock().unwrap().events.clone()
    }
}

fn read(stream: &mut BufReader<TcpStream>) -> std::io::Result<(String, String)> {
    let (mut head, mut length) = (String::new(), 0);
    stream.read_line(&mut head)?;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        match line.to_ascii_lowercase().split_once(':') {
            Some(("content-length", value)) => length = value.trim().parse().unwrap_or(0),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok((head, String::from_utf8_lossy(&body).into_owned()))
}

fn understood(head: &str, body: &str) -> Asked {
    if head.contains("/Messages.json") {
        let form: BTreeMap<String, String> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        return Asked { to: form["To"].clone(), text: form["Body"].clone() };
    }
    let email: Value = serde_json::from_str(body).unwrap_or_default();
    let text = |name: &str| email[name].as_str().unwrap_or_default().to_owned();
    Asked { to: text("To"), text: text("TextBody") }
}

fn answer(stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let (head, body) = read(&mut stream)?;
    let asked = understood(&head, &body);
    let (text_message, to) = (head.contains("/Messages.json"), asked.to.clone());
    let (mood, before) = {
        let mut state = state.lock().unwrap();
        let before = state.asked.iter().filter(|one| one.to == to).count();
        state.asked.push(asked);
        state.events.push(Event::Asked(to.clone()));
        (state.moods.get(&to).copied().unwrap_or(Mood::Takes), before)
    };
    let (status, answer) = match mood {
        Mood::IsSilent => {
            // Until the other side goes away.
            stream.read_to_end(&mut Vec::new()).ok();
            state.lock().unwrap().events.push(Event::GivenUp(to));
            return Ok(());
        }
        Mood::FailsFirst(times) if before < times => ("500 Internal Server Error", json!({"Message": to})),
        Mood::Refuses if text_message => ("400 Bad Request", json!({"code": 21_211, "message": to, "status": 400})),
        Mood::Refuses => {
            ("422 Unprocessable Entity", json!({"ErrorCode": 406, "Message": format!("{to} is inactive")}))
        }
        Mood::Takes | Mood::FailsFirst(_) => {
            state.lock().unwrap().events.push(Event::Taken(to.clone()));
            static COUNT: AtomicU64 = AtomicU64::new(0);
            let id = format!("number-{before}-{}", COUNT.fetch_add(1, Ordering::Relaxed));
            match text_message {
                true => ("201 Created", json!({"sid": id, "status": "queued"})),
                false => ("200 OK", json!({"ErrorCode": 0, "Message": "OK", "MessageID": id, "To": to})),
            }
        }
    };
    let answer = answer.to_string();
    write!(
        stream.get_mut(),
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{answer}",
        answer.len()
    )
}
