//! The operator's first hour, through the built program: an installation, its doctor, its certificate and its log.

mod connections;
mod doctor;
mod init;
mod letters;
mod log;
mod span;
mod support;
mod tls;
