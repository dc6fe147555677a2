use super::*;
use proptest::prelude::*;

/// Texts with what each form has marks for.
fn texts() -> BoxedStrategy<String> {
    let marks = prop::sample::select(vec![
        "- ", "* ", "> ", "# ", "[ ] ", "[x] ", "\\", "<!--", " -->", "&#13;", "&#10;", "&amp;", "\n", "\r", "\t", " ",
        "<", ">", "\"", "'", "&", "1. ", "a", "é", "🍎", "]]>", "\u{1}", "\u{85}", "\u{feff}", "\u{2028}", "color=3",
    ]);
    prop::collection::vec(marks, 0..8).prop_map(|parts| parts.concat()).boxed()
}

fn item(text: BoxedStrategy<String>) -> impl Strategy<Value = Item> {
    (0usize..6, text.clone(), text, any::<[bool; 3]>(), 0u8..=3, 0u8..=6).prop_map(
        |(depth, content, note, [checked, checkbox, collapsed], heading, color)| Item {
            depth,
            content,
            note,
            checked,
            checkbox,
            collapsed,
            heading,
            color,
        },
    )
}

fn outlines(text: BoxedStrategy<String>) -> impl Strategy<Value = Outline> {
    (text.clone(), text.clone(), prop::collection::vec(item(text), 0..12)).prop_map(|(title, note, items)| {
        let mut outline = Outline { title, note, items: Vec::new() };
        items.into_iter().for_each(|item| outline.push(item).expect("few items"));
        outline
    })
}

fn written(form: Form, outline: &Outline) -> Vec<u8> {
    let mut out = Vec::new();
    form.write(outline, &mut out).expect("not too deep");
    out
}

proptest! {
    #[test]
    fn what_is_written_as_opml_reads_back_as_it_was(outline in outlines(texts())) {
        prop_assert_eq!(Form::Opml.read(&written(Form::Opml, &outline)), Ok(outline));
    }

    #[test]
    fn what_is_written_as_markdown_reads_back_as_it_was(outline in outlines(texts())) {
        let file = written(Form::Markdown, &outline);
        prop_assert_eq!(Form::Markdown.read(&file), Ok(outline), "{}", String::from_utf8_lossy(&file));
    }

    #[test]
    fn what_is_written_as_text_keeps_contents_of_one_line_and_notes(outline in outlines(texts())) {
        let items = outline.items.iter().map(|item| Item {
            depth: item.depth,
            content: item.content.replace(['\n', '\r'], ""),
            // Indented further, a line with a bullet would be an item below.
            note: item.note.replace(['\r', ' ', '\t'], ""),
            ..Item::default()
        });
        let outline = Outline { title: String::new(), note: String::new(), items: items.collect() };
        let file = written(Form::Text, &outline);
        prop_assert_eq!(Form::Text.read(&file), Ok(outline), "{}", String::from_utf8_lossy(&file));
    }

    #[test]
    fn no_file_makes_reading_panic(text in "[-*+ >#\\\\<!\\n\\ta&;\"=/x\\[\\]]{0,80}|\\PC{0,60}") {
        for form in Form::ALL {
            if let Ok(outline) = form.read(text.as_bytes()) {
                prop_assert!(outline.is_well_formed());
            }
        }
        let _ = Form::Opml.read(format!("<opml><body>{text}</body></opml>").as_bytes());
    }
}

fn contents(outline: &Outline) -> Vec<(usize, &str, &str)> {
    outline.items.iter().map(|item| (item.depth, item.content.as_str(), item.note.as_str())).collect()
}

#[test]
fn opml_of_other_programs_is_read() {
    let file = r#"<?xml version="1.0"?><!-- made elsewhere --><opml version="2.0"><head><title>Mine &amp; yours</title></head>
        <body><outline text="&lt;b&gt;One&lt;/b&gt;" _complete="true" unknown="x"/>
        <outline text="&lt;a href=&quot;https://example.com/?a=1&amp;amp;b=2&quot;&gt;site&lt;/a&gt; &amp;lt; x"><outline text="Two" _note="a&#10;b"></outline></outline>
        </body></opml>"#;
    let outline = Form::Opml.read(file.as_bytes()).expect("OPML");
    assert_eq!(outline.title, "Mine & yours");
    let expected = [(0, "**One**", ""), (0, "[site](https://example.com/?a=1&b=2) < x", ""), (1, "Two", "a\nb")];
    assert_eq!(contents(&outline), expected);
    assert!(outline.items[0].checked);
}

#[test]
fn a_bomb_of_entities_a_broken_file_and_one_too_deep_are_refused() {
    let bomb =
        "<!DOCTYPE opml [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><opml><body><outline text=\"&b;\"/></body></opml>";
    let unknown = "<opml><body><outline text=\"&b;\"/></body></opml>";
    let deep = format!("<opml><body>{}", "<outline text=\"\">".repeat(20_000));
    for file in [bomb, unknown, &deep, "<opml><body>", "<html></html>", "", "<opml></body>", "<opml/><opml>"] {
        assert!(Form::Opml.read(file.as_bytes()).is_err(), "{}", &file[..file.len().min(80)]);
    }
    assert!(Form::Markdown.read(b"\xff").is_err());
    assert!(Form::Text.read(b"a\0b").is_err());
}

#[test]
fn markdown_and_text_of_other_programs_are_read() {
    let file = "Shopping\n\n* Milk\n    * [x] 2L\n\t* whole\n+ Bread\n  more\n## Later\n- Eggs\r\n";
    let outline = Form::Markdown.read(file.as_bytes()).expect("Markdown");
    let expected = [
        (0, "Shopping", ""),
        (0, "Milk", ""),
        (1, "2L", ""),
        (1, "whole", ""),
        (0, "Bread\nmore", ""),
        (0, "Later", ""),
        (0, "Eggs", ""),
    ];
    assert_eq!(contents(&outline), expected);
    assert_eq!((outline.items[2].checkbox, outline.items[2].checked, outline.items[5].heading), (true, true, 2));
    // The "asterisks" export of the live service (facts 3, dynalist-to-md-joegnis).
    let file = "* One\n  a note\n    * Two\n      of\n      two lines\n* Three\n";
    let outline = Form::Text.read(file.as_bytes()).expect("text");
    assert_eq!(contents(&outline), [(0, "One", "a note"), (1, "Two", "of\ntwo lines"), (0, "Three", "")]);
    // Without bullets indentation alone tells.
    let outline = Form::Text.read(b"One\n  Two\n      Three\n  Four\n").expect("text");
    assert_eq!(contents(&outline), [(0, "One", ""), (1, "Two", ""), (2, "Three", ""), (1, "Four", "")]);
}

#[test]
fn what_indents_is_not_written_deeper_than_its_lines_bear() {
    let items = (0..=DEEPEST_INDENT + 1).map(|depth| Item { depth, ..Item::default() }).collect();
    let outline = Outline { items, ..Outline::default() };
    assert!(Form::Markdown.write(&outline, &mut Vec::new()).is_err());
    assert_eq!(Form::Opml.read(&written(Form::Opml, &outline)), Ok(outline));
}
