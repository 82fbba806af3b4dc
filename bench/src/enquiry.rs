//! One enquiry, from the empty form to its acceptance.

use std::io::{Error, Result};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::client::{Answer, Client};
use crate::form::{Control, body, controls};

/// Fills the form, sends it when `due` and answers the time from that moment to the acceptance.
pub(crate) async fn make(to: &str, number: u32, due: Instant) -> Result<Duration> {
    let mut client = Client::connect(to).await?;
    let page = expect(client.get("/enquiries/new").await?, 200..300, "the question page")?;
    let checked = client.post("/enquiries/check", &body(&filled(controls(&page.body), number))).await?;
    let checked = expect(checked, 200..300, "the check page")?;
    let sealed: Vec<Control> = controls(&checked.body).into_iter().filter(|control| control.name == "form").collect();
    if sealed.is_empty() {
        return Err(Error::other("the check page carries no form"));
    }
    let sending = body(&sealed);
    let from = moment(due).await;
    expect(client.post("/enquiries", &sending).await?, 200..400, "the sending")?;
    Ok(from.elapsed())
}

/// Waits until `due` and answers the moment to count from: `due` itself when the pages before came too late for it, so that
/// their delay counts; otherwise now, because a timer that wakes a millisecond late is not the program's fault.
async fn moment(due: Instant) -> Instant {
    if Instant::now() > due {
        return due;
    }
    sleep_until(due).await;
    Instant::now()
}

fn expect(answer: Answer, range: std::ops::Range<u16>, what: &str) -> Result<Answer> {
    if range.contains(&answer.status) {
        return Ok(answer);
    }
    Err(Error::other(format!("{what} was answered with {}", answer.status)))
}

/// Answers of a person who does not exist. What the page already has (a choice, a hidden value) stays.
fn filled(mut controls: Vec<Control>, number: u32) -> Vec<Control> {
    for control in &mut controls {
        control.value = match control.name.as_str() {
            "name" => format!("Example Person {number}"),
            "email" => format!("person{number}@school.example"),
            "school" => "Hillside Primary School".to_owned(),
            "telephone" => "01632 960 001".to_owned(),
            "message" => format!(
                "Enquiry {number}: may we have a quote for broadband, please? {}",
                "The line is slow. ".repeat(12)
            ),
            "role" if control.value.is_empty() => "School business manager".to_owned(),
            _ => continue,
        };
    }
    controls
}
