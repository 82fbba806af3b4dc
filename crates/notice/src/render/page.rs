//! The public notice as a page of its own.

use crate::Notice;
use crate::html::html;
use crate::html::markup::escape;

const STYLE: &str = "\
body{font:1.125rem/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}\
h1{line-height:1.2}h2{margin-top:2.5rem;border-top:2px solid}\
table{border-collapse:collapse;width:100%}caption{text-align:left;font-weight:bold}\
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #767676}\
dl>div{margin:.4rem 0}dt{font-weight:bold}dd{margin:0 0 0 1rem}td ul,dd ul{margin:0;padding-left:1.2rem}\
code{overflow-wrap:anywhere}a{color:#003078}";

pub(super) fn page(notice: &Notice) -> String {
    let layers = html(notice);
    let title = format!("Privacy notice of {}", escape(&notice.controller().name));
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{}\n{}\n</main>\n</body>\n</html>\n",
        escape(&notice.head().language),
        layers.summary,
        layers.detail
    )
}
