//! The HTML part of a letter: the same words as its text, with nothing that is fetched, runs or follows anybody.

/// A part of a letter, as its text has it between empty lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Words.
    Says(String),
    /// An address to open.
    Link(String),
    /// A secret to copy.
    Shows(String),
}

impl Part {
    /// Its words.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Says(text) | Self::Link(text) | Self::Shows(text) => text,
        }
    }

    fn html(&self) -> String {
        let text = escape(self.text());
        match self {
            Self::Says(_) => format!("<p>{text}</p>"),
            Self::Link(_) => format!("<p><a href=\"{text}\">{text}</a></p>"),
            Self::Shows(_) => format!("<p><code>{text}</code></p>"),
        }
    }
}

/// Text that is text in HTML, inside an element and inside a quoted attribute.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A whole page of these parts.
#[must_use]
pub fn page(title: &str, parts: &[Part]) -> String {
    let body: Vec<_> = parts.iter().map(Part::html).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{}</title></head>\n<body>\n{}\n</body>\n</html>\n",
        escape(title),
        body.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_stays_text() {
        let nasty = r#"<img src=x onerror="alert('1')">&"#;
        let page = page("A & B", &[Part::Says(nasty.into()), Part::Link(format!("https://x/?a=1&b=\"{nasty}"))]);
        assert!(
            !page.contains("<img") && page.contains("&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;")
        );
        assert!(page.contains("<title>A &amp; B</title>"));
        // The attribute ends where ours ends.
        let href = page.split("href=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        assert!(href.starts_with("https://x/?a=1&amp;b=&quot;&lt;img") && href.ends_with("&amp;"), "{href}");
    }
}
