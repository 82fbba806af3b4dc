//! The program from outside: how soon it answers, what it takes, how large its pages are.

use std::env;
use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::demo::Demo;
use crate::page::fetch;
use crate::place;
use crate::stop::Stop;
use crate::stopwatch::Stopwatch;

const PAGES: [&str; 5] = ["/", "/privacy", "/cookies", "/accessibility", "/enquiries/new"];
const STARTS: usize = 5;

/// Builds the release program and prints a table; with `from_clone` also the time from `git clone` to the first page.
pub(crate) fn run(from_clone: bool) -> Result<(), Stop> {
    build(&mut place::cargo("build --release --locked --package candour"))?;
    let program = place::built("release", "candour");
    let mut rows = vec![row("start to first page, median of 5", seconds(start_to_first_page(&program)?))];
    let demo = Demo::start(&program)?;
    let sizes = page_sizes(&demo.address)?;
    rows.push(row("resident memory after these pages", kib(demo.memory_kib("VmRSS"))));
    rows.push(row("resident memory at its peak", kib(demo.memory_kib("VmHWM"))));
    rows.push(row("program", kib(fs::metadata(&program).ok().map(|data| data.len() / 1024))));
    drop(demo);
    if from_clone {
        rows.push(row("clone to first page, packages at hand", seconds(clone_to_first_page()?)));
    }
    println!("| measured | value |\n|---|---:|\n{}\n", rows.join("\n"));
    println!("| page | bytes | bytes compressed |\n|---|---:|---:|\n{}", sizes.join("\n"));
    Ok(())
}

fn row(name: &str, value: impl Display) -> String {
    format!("| {name} | {value} |")
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

fn kib(value: Option<u64>) -> String {
    value.map_or_else(|| "not measured here".to_owned(), |kib| format!("{kib} KiB"))
}

fn build(cargo: &mut Command) -> Result<(), Stop> {
    if cargo.stdin(Stdio::null()).status().is_ok_and(|status| status.success()) {
        return Ok(());
    }
    Err(Stop::No("The program does not build.".to_owned()))
}

fn start_to_first_page(program: &Path) -> Result<Duration, Stop> {
    let mut times = (0..STARTS).map(|_| first_page(program, Stopwatch::start())).collect::<Result<Vec<_>, _>>()?;
    times.sort_unstable();
    Ok(times[STARTS / 2])
}

/// The time on the stopwatch when a demonstration, started now with empty data, has answered its first page.
fn first_page(program: &Path, stopwatch: Stopwatch) -> Result<Duration, Stop> {
    let demo = Demo::start(program)?;
    fetch(&demo.address, "/", false)?;
    Ok(stopwatch.elapsed())
}

/// What a newcomer waits for: clone, build as the README says, start, first page. Only the downloads are left out.
fn clone_to_first_page() -> Result<Duration, Stop> {
    let folder = Folder::new();
    let stopwatch = Stopwatch::start();
    let cloned = Command::new("git").args(["clone", "--quiet"]).arg(place::root()).arg(&folder.0).status();
    if !cloned.is_ok_and(|status| status.success()) {
        return Err(Stop::Unable("The project could not be cloned with git.".to_owned()));
    }
    let target = folder.0.join("target");
    build(place::cargo("build --locked").current_dir(&folder.0).env("CARGO_TARGET_DIR", &target))?;
    first_page(&target.join("debug/candour"), stopwatch)
}

/// A folder that is removed when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        Self(env::temp_dir().join(format!("candour-clone-{}", std::process::id())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing is left to do about a folder that was never made.
        drop(fs::remove_dir_all(&self.0));
    }
}

fn page_sizes(address: &str) -> Result<Vec<String>, Stop> {
    let home = fetch(address, "/", false)?;
    let sheet = style_sheet(&String::from_utf8_lossy(&home));
    let paths = PAGES.into_iter().map(ToOwned::to_owned).chain(sheet);
    paths
        .map(|path| {
            let (plain, compressed) = (fetch(address, &path, false)?.len(), fetch(address, &path, true)?.len());
            Ok(format!("| {path} | {plain} | {compressed} |"))
        })
        .collect()
}

/// The path of the page's style sheet.
fn style_sheet(html: &str) -> Option<String> {
    let (_, rest) = html.split_once("href=\"/style")?;
    Some(format!("/style{}", rest.split('"').next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_is_found_in_the_page() {
        let page = r#"<link rel="icon" href="data:,"><link rel="stylesheet" href="/style-0a1b.css">"#;
        assert_eq!(style_sheet(page).as_deref(), Some("/style-0a1b.css"));
        assert_eq!(style_sheet("<p>None</p>"), None);
    }
}
