//! From HTML to data: a runtime that builds nodes one by one needs no HTML sink, so Trusted Types need no policy.

use html5ever::tendril::TendrilSink as _;
use html5ever::{LocalName, QualName, local_name, ns, parse_fragment};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use serde_json::{Value, json};

/// Compiles HTML into `[tag, {attribute: value}, child, …]`, a child being such an array or a text; 0 stands for no
/// attributes. What only a form needs is left out: the name of a field.
///
/// `None` unless it has exactly one element at the top.
pub(super) fn compile(html: &str) -> Option<Value> {
    let context = QualName::new(None, ns!(html), local_name!("body"));
    let parsed =
        parse_fragment(RcDom::default(), html5ever::ParseOpts::default(), context, Vec::new(), false).one(html);
    // A fragment is parsed into an `html` element of its own below the document.
    let top = parsed.document.children.borrow().first().cloned()?;
    let nodes = children(&top);
    match nodes.as_slice() {
        [only @ Value::Array(_)] => Some(only.clone()),
        _ => None,
    }
}

fn children(node: &Handle) -> Vec<Value> {
    node.children.borrow().iter().filter_map(value).collect()
}

fn value(node: &Handle) -> Option<Value> {
    match &node.data {
        NodeData::Text { contents } => Some(Value::String(contents.borrow().to_string())),
        NodeData::Element { name, attrs, .. } => {
            let attrs = attrs.borrow();
            let kept = attrs.iter().filter(|attr| attr.name.local != local_name!("name"));
            let attributes: serde_json::Map<_, _> =
                kept.map(|attr| (plain(&attr.name.local), json!(attr.value.to_string()))).collect();
            let attributes = if attributes.is_empty() { json!(0) } else { Value::Object(attributes) };
            let mut element = vec![json!(plain(&name.local)), attributes];
            element.extend(children(node));
            Some(Value::Array(element))
        }
        _ => None,
    }
}

fn plain(name: &LocalName) -> String {
    name.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_attributes_and_texts_keep_their_order() {
        let tree =
            compile("<section lang=\"nl\"><h2>A &amp; b</h2>c<!-- d --><button name=f value=x>e</button></section>");
        let expected = json!(["section", {"lang": "nl"}, ["h2", 0, "A & b"], "c", ["button", {"value": "x"}, "e"]]);
        assert_eq!(tree, Some(expected));
    }

    #[test]
    fn one_element_at_the_top_or_nothing() {
        assert_eq!(compile(""), None);
        assert_eq!(compile("text"), None);
        assert_eq!(compile("<p></p><p></p>"), None);
    }
}
