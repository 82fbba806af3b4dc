//! The log: standard error, codes and causes, never personal data. How long it is kept is for whoever collects it.

use super::settings::Log;
use std::panic::PanicHookInfo;
use tracing::Level;

/// Begins it, in one of its two forms. A second call, as in tests, changes nothing.
pub(super) fn start(level: Level, log: Log) {
    let lines = tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(level).with_target(false);
    let begun = match log {
        Log::Json => lines.json().flatten_event(true).with_span_list(false).try_init(),
        Log::Text => lines.try_init(),
    };
    if begun.is_ok() {
        std::panic::set_hook(Box::new(panicked));
    }
}

/// A fault of the program is named by its place: its own words may quote what somebody typed.
fn panicked(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string);
    tracing::error!(code = "panic", place);
}
