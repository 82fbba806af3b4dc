//! What the tests need on a machine, and its installation where that is allowed: as root, or with `sudo` that asks nothing,
//! on a Debian.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::place;
use crate::stop::Stop;

const OLDEST_NODE: u32 = 18;

/// Installs what is missing. What it may not install it names in one sentence.
pub(crate) fn run() -> Result<(), Stop> {
    let packages = missing_packages();
    if !packages.is_empty() {
        install(&packages)?;
    }
    if !story_is_installed() {
        npm_ci()?;
    }
    if !aics_is_installed() {
        install_aics()?;
    }
    check()?;
    println!("Everything the tests need is here.");
    Ok(())
}

/// Says what is missing, without touching the machine.
pub(crate) fn check() -> Result<(), Stop> {
    for (tool, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if !answers(&mut place::cargo(&format!("{tool} --version"))) {
            return unable(format!("cargo {tool} is missing: run rustup component add {component}."));
        }
    }
    let packages = missing_packages();
    if !packages.is_empty() {
        return unable(format!("Missing on this machine: {}; run cargo xtask setup.", packages.join(", ")));
    }
    if node_version() < Some(OLDEST_NODE) {
        return unable(format!("The browser story needs Node.js {OLDEST_NODE} or newer."));
    }
    if !story_is_installed() {
        return unable("The packages of tests/browser are not installed; run cargo xtask setup.".to_owned());
    }
    if !aics_is_installed() {
        return unable("The packages of tests/foreign/python are not installed; run cargo xtask setup.".to_owned());
    }
    Ok(())
}

fn unable(sentence: String) -> Result<(), Stop> {
    Err(Stop::Unable(sentence))
}

/// Debian's packages for what is not there.
fn missing_packages() -> Vec<&'static str> {
    let mut packages = Vec::new();
    if place::chromium().is_none() {
        packages.extend(["chromium", "fonts-dejavu-core"]);
    }
    if place::on_path("node").is_none() {
        packages.push("nodejs");
    }
    if place::on_path("npm").is_none() {
        packages.push("npm");
    }
    if place::on_path("strace").is_none() {
        packages.push("strace");
    }
    if scratch::bin().is_none() {
        packages.push("postgresql");
    }
    if place::on_path("go").is_none() {
        packages.push("golang-go");
    }
    if !Path::new("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog").is_dir() {
        packages.push("golang-golang-x-mod-dev");
    }
    if !aics_is_installed() && !answers(Command::new("python3").args(["-c", "import venv, ensurepip"])) {
        packages.push("python3-venv");
    }
    packages
}

fn install(packages: &[&str]) -> Result<(), Stop> {
    let refused =
        || Stop::Unable(format!("Please install {}, which this task may not do on this machine.", packages.join(", ")));
    let prefix = privilege().filter(|_| place::on_path("apt-get").is_some()).ok_or_else(refused)?;
    println!("Installing {} …", packages.join(", "));
    let apt = |arguments: &[&str]| {
        let words = [prefix, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y"], arguments].concat();
        Command::new(words[0]).args(&words[1..]).stdin(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    let install = [&["install", "--no-install-recommends"], packages].concat();
    if apt(&["update"]) && apt(&install) {
        return Ok(());
    }
    unable(format!("Installing {} failed; apt-get says why above.", packages.join(", ")))
}

/// The words before a command that may install: none for root, `sudo -n` where it asks for no password.
fn privilege() -> Option<&'static [&'static str]> {
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.trim_ascii() == b"0");
    if root {
        return Some(&[]);
    }
    answers(Command::new("sudo").args(["-n", "true"])).then_some(&["sudo", "-n"])
}

fn node_version() -> Option<u32> {
    let printed = Command::new("node").arg("--version").output().ok()?;
    let text = String::from_utf8(printed.stdout).ok()?;
    text.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// npm writes its own record of what it installed; it is good while it is not older than what was asked for.
fn story_is_installed() -> bool {
    let written = |file: &Path| fs::metadata(file).and_then(|data| data.modified()).ok();
    let asked = written(&place::story().join("package-lock.json"));
    let done = written(&place::story().join("node_modules/.package-lock.json"));
    done.is_some() && done >= asked
}

fn npm_ci() -> Result<(), Stop> {
    println!("Installing the packages of tests/browser …");
    let done = Command::new("npm").arg("ci").current_dir(place::story()).stdin(Stdio::null()).status();
    if done.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    unable("npm ci failed in tests/browser; it says why above.".to_owned())
}

/// As with npm: the copy beside the installed packages is good while it says what is asked for.
fn aics_is_installed() -> bool {
    let read = |file: &Path| fs::read_to_string(file).ok();
    let installed = read(&place::aics().join(INSTALLED));
    installed.is_some() && installed == read(&place::aics_packages())
}

/// The package asks for Python 3.12 and does what is asked of it here on 3.11, which Debian 12 has.
fn install_aics() -> Result<(), Stop> {
    println!("Installing the packages of tests/foreign/python …");
    let runs = |command: &mut Command| command.stdin(Stdio::null()).status().is_ok_and(|status| status.success());
    let mut venv = Command::new("python3");
    venv.args(["-m", "venv", "--clear"]).arg(place::aics());
    let mut pip = Command::new(place::aics().join("bin/pip"));
    pip.args(["install", "--quiet", "--no-deps", "--ignore-requires-python", "-r"]).arg(place::aics_packages());
    let installed = || fs::copy(place::aics_packages(), place::aics().join(INSTALLED)).is_ok();
    if runs(&mut venv) && runs(&mut pip) && installed() {
        return Ok(());
    }
    unable("Installing the packages of tests/foreign/python failed; pip says why above.".to_owned())
}

const INSTALLED: &str = "installed.txt";

fn answers(command: &mut Command) -> bool {
    let silent = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    silent.status().is_ok_and(|status| status.success())
}
