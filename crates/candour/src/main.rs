//! The program `candour`.

fn main() -> std::process::ExitCode {
    candour::command::run()
}
