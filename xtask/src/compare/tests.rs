//! The script is read as it is written, and a difference is seen whatever it is in, but for ids and the port.

use super::*;
use script::parse;

fn answer(status: u16, header: &str, body: &str) -> ClientResponse {
    ClientResponse { status, headers: vec![("x-a".to_owned(), header.to_owned())], body: body.as_bytes().to_vec() }
}

/// In what two answers differ.
fn lines(old: &ClientResponse, new: &ClientResponse) -> Vec<String> {
    let all = |answer: &ClientResponse| Conversation {
        told: vec![Exchange { asked: "1. a: GET /".to_owned(), answer: answer.clone() }],
        kept: [("code".to_owned(), "kept-code".to_owned())].into(),
        missed: Vec::new(),
    };
    differences(&all(old), &all(new)).into_iter().flat_map(|(_, lines)| lines).collect()
}

#[test]
fn a_difference_in_status_header_or_body_is_told() {
    let old = answer(200, "b", "<p>c</p>");
    assert!(lines(&old, &old).is_empty());
    for (new, told) in [
        (answer(201, "b", "<p>c</p>"), ["- 200", "+ 201"]),
        (answer(200, "d", "<p>c</p>"), ["- x-a: b", "+ x-a: d"]),
        (answer(200, "b", "<p>d</p>"), ["- <p>c</p>", "+ <p>d</p>"]),
    ] {
        assert_eq!(lines(&old, &new), told);
    }
}

/// The control: another id in one of two places is a difference, and so is whatever is no id.
#[test]
fn ids_and_ports_may_differ_as_long_as_the_same_ones_are_the_same() {
    let page =
        |id: &str, again: &str, port: u16| answer(200, "b", &format!("http://127.0.0.1:{port}/a <b>{id}</b> {again}"));
    for [one, other, third] in [
        ["AAEjAs5GTLP3SobT8pyeOGdx", "B2EjAs5GTLP3SobT8pyeOGdx", "C3EjAs5GTLP3SobT8pyeOGdx"],
        ["00G00-EPFDB-8HC7R", "00G00-EQ4W1-AR4G8", "00G00-FH5R8-BGKXY"],
        ["41OzhkuIxKRvd/OdQWL+a1B2c3D4e5f6=", "KvSr77JRnOAlYG0T4/gFk2grK/2EnoOI=", "r7zoGhqxY/3LfURkgwAlYG0T4/gFk2gr="],
        ["AAEjAs5GTLP3-SobT8pyeOGdx", "B2EjAs5GTL-P3SobT8pyeOGdx", "C3EjAs5GTLP3SobT8pyeOGd-"],
        ["60f1f634012fc384", "b339cd226f7b389a", "8577dd5daa5776c7"],
        ["724667", "382281", "111222"],
    ] {
        assert_eq!(lines(&page(one, one, 1), &page(other, other, 2)), Vec::<String>::new(), "{one}");
        assert!(!lines(&page(one, one, 1), &page(other, third, 1)).is_empty(), "{one}");
    }
    for (one, other) in
        [("K-1001", "K-1002"), ("2026-11-30", "2026-11-29"), ("/keuze/voorkeuren/code", "/keuze/voorkeuren")]
    {
        assert!(!lines(&page(one, one, 1), &page(other, other, 1)).is_empty(), "{one}");
    }
}

#[test]
fn what_the_conversation_kept_is_the_same_by_its_name() {
    assert_eq!(lines(&answer(200, "b", "kept-code"), &answer(200, "b", "$code")), Vec::<String>::new());
}

#[test]
fn a_script_is_requests_with_headers_and_what_is_kept() {
    let steps =
        parse("# a\nanna GET /a?b\n    header X-Y: z\n    keep code after <b>|</b>\nanna POST /c form d=$code\n");
    let steps = steps.expect("well written");
    assert_eq!(steps.len(), 2);
    assert_eq!((steps[0].who.as_str(), &steps[0].ask), ("anna", &Ask::Get("/a?b".to_owned())));
    assert_eq!(steps[0].headers, [("X-Y".to_owned(), "z".to_owned())]);
    assert_eq!(steps[0].keeps[0].find(&answer(200, "", "x after <b>123456</b>")).as_deref(), Some("123456"));
    for wrong in ["anna", "anna PUT /a", "anna POST /a yaml b", "    header a: b", "anna GET /\n    hold a b|c"] {
        assert!(parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn every_address_is_asked_and_the_committed_script_can_be_read() {
    let read = |path: &str| std::fs::read_to_string(run::root().join(path)).expect("readable");
    let requests = everywhere(&read(ROUTES));
    assert!(requests.len() > 200 && requests.iter().all(|request| !request.path.contains('{')));
    assert!(parse(&read(REQUESTS)).expect("well written").len() > 100);
}
