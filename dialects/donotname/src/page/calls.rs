//! Calls of curl, quoted for a shell.

use model::Json;

/// A call: method, address, and a body of JSON.
pub fn curl(method: &str, address: &str, body: Option<&Json>) -> String {
    let mut out = String::from("curl");
    if method != "GET" {
        out.push_str(&format!(" -X {method}"));
    }
    out.push_str(&format!(" {} \\\n  -H {}", quoted(address), quoted("Authorization: Bearer YOUR_TOKEN")));
    if let Some(body) = body {
        let text = serde_json::to_string_pretty(body).unwrap_or_default();
        out.push_str(&format!(" \\\n  -H {} \\\n  -d {}", quoted("Content-Type: application/json"), quoted(&text)));
    }
    out
}

/// A list with parameters that curl encodes.
pub fn curl_list(address: &str, parameters: &[(&str, String)]) -> String {
    let mut out = format!("curl -G {} \\\n  -H {}", quoted(address), quoted("Authorization: Bearer YOUR_TOKEN"));
    for (name, value) in parameters {
        out.push_str(&format!(" \\\n  --data-urlencode {}", quoted(&format!("{name}={value}"))));
    }
    out
}

/// One word of a shell, whatever is in it.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_back_what_was_quoted() {
        for text in ["plain", "it's", "$(reboot) `x` \"y\" \\ ;\n&", "''"] {
            let printed =
                std::process::Command::new("sh").arg("-c").arg(format!("printf %s {}", quoted(text))).output();
            assert_eq!(String::from_utf8(printed.expect("a shell").stdout).expect("text"), text);
        }
    }
}
