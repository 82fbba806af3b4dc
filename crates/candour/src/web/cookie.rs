//! Cookies: the one function that sets a cookie takes its id in the notice.

use super::Stop;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use notice::Notice;

/// Sets a cookie that the notice declares, for as long as it says. A cookie that the notice does not cover is not set.
pub fn set(response: &mut Response, notice: &Notice, id: &str, value: &str) -> Result<(), Stop> {
    let cookie = declared(notice, id)?;
    // A notice that does not say how long has closed the clause, so the cookie above has its minutes.
    let seconds = cookie.minutes.unwrap_or_default() * 60;
    append(response, &format!("{}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}", cookie.name))
}

/// Takes a cookie away.
pub fn clear(response: &mut Response, notice: &Notice, id: &str) -> Result<(), Stop> {
    let cookie = declared(notice, id)?;
    append(response, &format!("{}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0", cookie.name))
}

/// The value a browser sent for a declared cookie. A name that comes twice is no answer.
pub fn value(headers: &HeaderMap, notice: &Notice, id: &str) -> Option<String> {
    let name = &notice.cookie(id)?.name;
    let mut values = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, _)| key == name)
        .map(|(_, value)| value.to_owned());
    let first = values.next()?;
    values.next().is_none().then_some(first)
}

fn declared<'a>(notice: &'a Notice, id: &str) -> Result<&'a notice::Cookie, Stop> {
    let clause = format!("cookie.{id}");
    match notice.cookie(id) {
        Some(cookie) if notice.covers(&clause) => Ok(cookie),
        _ => Err(Stop::Closed(vec![clause])),
    }
}

fn append(response: &mut Response, text: &str) -> Result<(), Stop> {
    let value = HeaderValue::from_str(text).map_err(|_| Stop::Fault("cookie"))?;
    response.headers_mut().append(SET_COOKIE, value);
    Ok(())
}
