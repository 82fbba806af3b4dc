//! One notice in the forms that others read: people, programs, regulators.
//!
//! Each form is made from the notice alone, loads nothing from elsewhere and says nothing that the notice does not say.

mod dpv;
mod json;
mod markdown;
mod page;
mod record;

use crate::Notice;
pub use json::json_schema;
#[cfg(test)]
pub(crate) use markdown::plain;

/// A form of the whole notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON-LD in the terms of the Data Privacy Vocabulary (W3C community group, version 2), its context inline.
    Dpv,
    /// A whole page of its own, with its style in it.
    Html,
    /// What the file says, as JSON: [`json_schema`].
    Json,
    /// The public notice as CommonMark with tables.
    Markdown,
    /// The record of processing activities (UK GDPR Art 30(1)), in Markdown.
    Ropa,
}

/// A notice in one of its forms.
pub fn render(notice: &Notice, format: Format) -> String {
    match format {
        Format::Dpv => dpv::linked(notice),
        Format::Html => page::page(notice),
        Format::Json => json::json(notice),
        Format::Markdown => markdown::markdown(notice),
        Format::Ropa => record::record(notice),
    }
}
