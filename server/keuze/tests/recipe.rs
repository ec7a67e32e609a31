//! The operator's recipe, as it is written: README's steps and the commands of docs/operating.md are taken out of the
//! documents and typed, for a site that is not the example.

mod recipe {
    pub mod documents;
    pub mod shop;
}

use recipe::documents::{OPERATING, README, SENDING, WALK, commands, fenced, requests, typed};
use recipe::shop::{CommandResult, Shop};

/// The steps of README up to the server, which runs from then on.
fn follow_readme(shop: &mut Shop) {
    let steps = commands(README);
    let [example, check, publish, staff, serve, doctor] = steps.as_slice() else {
        panic!("the steps are others: {steps:?}")
    };
    assert!(shop.types(example, "").succeeds().contains("[site]") || shop.has("keuze.toml"));
    shop.writes_its_own_configuration();
    for step in [check, publish] {
        shop.types(step, "").succeeds();
    }
    assert!(shop.types(staff, "").succeeds().contains("one-time password"));
    shop.serves(serve);
    // A new site has findings, such as that no backup was ever made; none of them is a fault.
    let looked = shop.types(doctor, "");
    assert!(looked.status < 2, "{}", looked.text);
}

/// Operating.md's commands that run beside a server, with what each must come to.
fn beside_a_server() -> Vec<String> {
    let all = commands(OPERATING);
    let stopped = all.iter().position(|command| command.starts_with("keuze policy publish")).expect("it is there");
    all[..stopped].to_vec()
}

fn type_all(shop: &Shop, commands: &[String]) {
    for command in commands {
        if command.ends_with(" COPY") {
            shop.types("cp data.key COPY", "").succeeds();
        }
        let CommandResult { status, text } = shop.types(command, "K-2\nerase\n");
        // README's first staff member is there already, and a new site has findings that are no faults.
        let tells = ["keuze staff add anna", "keuze doctor"].contains(&command.as_str());
        assert_eq!(status, i32::from(tells), "{command}\n{text}");
        assert!(!text.contains("another site") && !text.contains("Voipro"), "{command}\n{text}");
    }
}

#[test]
fn the_recipe_works_for_a_site_that_is_not_the_example() {
    let mut shop = Shop::new();
    follow_readme(&mut shop);
    assert_eq!(shop.health(), 200);
    shop.has_a_file_and_a_mail(&fenced(OPERATING, "csv"));
    let beside = beside_a_server();
    assert!(beside.len() > 15, "they are taken out: {beside:?}");
    type_all(&shop, &beside);
    // What was told to the running server is in its memory: the person is gone there as well.
    assert!(shop.types("keuze erase --reason again", "K-2\nerase\n").text.contains("nobody is known by that"));
    shop.stops();
    assert!(!shop.has("data/control"), "a server that stopped cleanly leaves no socket");
    assert!(shop.types("keuze verify", "").succeeds().lines().last().expect("a line").starts_with("ok: "));
    for command in commands(OPERATING).iter().filter(|command| !beside.contains(command)) {
        if command.starts_with("keuze serve") {
            shop.serves(&format!("{command} --listen 127.0.0.1:8020"));
            assert_eq!(shop.health(), 200);
            shop.stops();
        } else {
            if command.starts_with("keuze restore") {
                shop.types("mv data data.lost", "").succeeds();
            }
            shop.types(command, "").succeeds();
        }
    }
}

/// The same with nobody in the way: each command opens the ledger itself.
#[test]
fn the_commands_work_with_the_server_stopped() {
    let mut shop = Shop::new();
    follow_readme(&mut shop);
    shop.stops();
    shop.has_a_file_and_a_mail(&fenced(OPERATING, "csv"));
    type_all(&shop, &beside_a_server());
}

/// A server that was killed leaves its socket: commands and the next start are not held up by it.
#[test]
fn a_socket_that_a_kill_left_is_in_nobodys_way() {
    let mut shop = Shop::new();
    follow_readme(&mut shop);
    shop.is_killed();
    assert!(shop.has("data/control"), "the test is about it");
    shop.types("keuze staff list", "").succeeds();
    shop.serves("keuze serve --config keuze.toml --listen 127.0.0.1:8020");
    assert!(shop.types("keuze staff list", "").succeeds().contains("anna"));
    shop.stops();
}

/// docs/sending.md, request by request, for the people of docs/operating.md.
#[test]
fn what_sending_says_can_be_asked_as_it_stands() {
    let mut shop = Shop::new();
    shop.writes_the_example_of_another_site();
    shop.types("keuze policy publish --config keuze.toml --yes", "").succeeds();
    shop.has_a_file_and_a_mail(&fenced(OPERATING, "csv"));
    shop.types("keuze contacts import people.csv --write", "").succeeds();
    let scopes = ["decisions", "mail", "letters", "objections", "customers"].map(|scope| format!(" --scope {scope}"));
    let added = shop.types(&format!("keuze client add crm{}", scopes.concat()), "").succeeds();
    let key = added.lines().find(|line| line.starts_with("keuze_")).expect("a key").to_owned();
    shop.serves("keuze serve --config keuze.toml --listen 127.0.0.1:8020");
    let asked: Vec<_> =
        requests(SENDING).into_iter().filter(|(_, address, _)| !address.ends_with("mail-checks")).collect();
    assert!(asked.len() > 8, "they are taken out: {asked:?}");
    for (method, address, body) in &asked {
        let (status, answer) = shop.asks(method, address, &key, body);
        assert!((200..300).contains(&status), "{method} {address} {body}\n{answer}");
    }
    // The test can fail.
    assert_eq!(shop.asks("POST", "/keuze/api/v1/decisions", &key, "{}").0, 400);
}

/// docs/walkthrough.md, from the link of a mail to the ledger that was rebuilt: every block of it, in its order.
#[test]
fn the_walk_can_be_typed_as_it_stands() {
    let blocks = typed(WALK);
    let [path, link, decision, erase, rebuild, decisions] = blocks.as_slice() else { panic!("others: {blocks:?}") };
    assert!(path.starts_with("export PATH="), "{path}");
    let demo = "keuze demo --data demo-data --listen 127.0.0.1:8020";
    let mut shop = Shop::new();
    shop.serves(demo);
    let page = shop.types_to_the_server("curl -s http://127.0.0.1:8020/").succeeds();
    let token = page.split("/keuze/afmelden/").nth(1).and_then(|rest| rest.split('"').next()).expect("Anna's link");
    let stopped = shop.types_to_the_server(&link.replace("TOKEN", token)).succeeds();
    assert!(stopped.contains("HTTP/1.1 200 OK"), "{stopped}");
    let denied = shop.types_to_the_server(&with_the_key(&shop, decision)).succeeds();
    assert!(denied.contains(r#""allow":false,"reason":"objected""#), "{denied}");
    // A control: not everything is denied.
    let allowed = shop.types_to_the_server(&with_the_key(&shop, &decision.replace("K-1004", "K-1001"))).succeeds();
    assert!(allowed.contains(r#""allow":true"#), "{allowed}");
    assert!(shop.types(erase, "K-1001\nerase\n").succeeds().contains("Erased. Receipt"));
    shop.stops();
    shop.types("mkdir elsewhere", "").succeeds();
    let afterwards = shop.types(&format!("set -e\n{}", rebuild.replace("/tmp/", "elsewhere/")), "").succeeds();
    assert!(afterwards.contains("line 2: a no stands on") && afterwards.contains("ok: "), "{afterwards}");
    shop.serves(demo);
    let answers = shop.types_to_the_server(&with_the_key(&shop, decisions)).succeeds();
    assert_eq!(answers.matches(r#""allow":false"#).count(), 5, "{answers}");
}

/// As somebody types it who has kept the key that the demo printed.
fn with_the_key(shop: &Shop, commands: &str) -> String {
    let key = shop.said().split_whitespace().find(|word| word.starts_with("keuze_")).expect("a key");
    format!("KEY={key}\n{commands}")
}

/// In the demo everything can be tried; a server refuses its ledger.
#[test]
fn commands_take_the_ledger_of_the_demo() {
    let mut shop = Shop::new();
    shop.serves("keuze demo --data data --listen 127.0.0.1:8020");
    shop.types("keuze staff add anna", "").succeeds();
    shop.stops();
    for command in ["keuze staff remove anna", "keuze key rotate --index", "keuze rebuild", "keuze verify"] {
        shop.types(command, "").succeeds();
    }
    let refused = shop.types("keuze serve --listen 127.0.0.1:8020", "");
    assert!(refused.status == 1 && refused.text.contains("is the ledger of demo.www.voipro.nl"), "{}", refused.text);
}

/// What a refused command leaves behind is what it found.
#[test]
fn a_refused_command_has_changed_nothing() {
    let shop = Shop::new();
    shop.writes_its_own_configuration();
    for command in [
        "keuze policy publish --config keuze.toml",
        "keuze serve --config keuze.toml --listen 127.0.0.1:8020",
        "keuze staff add anna",
        "keuze client add crm --scope mail",
        "keuze rebuild",
        "keuze key rotate --root",
        "keuze erase --reason brief",
        "keuze mail classes",
    ] {
        let before = shop.everything();
        let CommandResult { status, text } = shop.types(command, "");
        assert_eq!(status, 1, "{command}\n{text}");
        assert_eq!(shop.everything(), before, "{command}\n{text}");
    }
    shop.types("keuze policy publish --config keuze.toml --yes", "").succeeds();
    for command in [
        // The example is another site's.
        "keuze serve --listen 127.0.0.1:8020",
        "keuze demo --data data --listen 127.0.0.1:8020",
        "keuze policy publish --yes",
        "keuze staff add anna --config example.toml",
        "keuze rebuild --config example.toml",
    ] {
        shop.types("keuze check --example > example.toml", "").succeeds();
        let before = shop.everything();
        let CommandResult { status, text } = shop.types(command, "");
        assert_eq!(status, 1, "{command}\n{text}");
        assert!(text.contains("is the ledger of winkel.example"), "{command}\n{text}");
        assert_eq!(shop.everything(), before, "{command}\n{text}");
    }
    // A control: something that is not refused does change it.
    let before = shop.everything();
    shop.types("keuze staff add anna", "").succeeds();
    assert_ne!(shop.everything(), before);
}

/// Without the class of a change nothing is published, and the exit status says so.
#[test]
fn only_showing_a_difference_is_no_success() {
    let shop = Shop::new();
    shop.writes_its_own_configuration();
    let publish = "keuze policy publish --config keuze.toml";
    let shown = shop.types(publish, "");
    assert!(shown.status == 1 && shown.text.contains("add --yes to publish this"), "{}", shown.text);
    shop.types(&format!("{publish} --yes"), "").succeeds();
    assert!(shop.types(publish, "").succeeds().contains("nothing to publish"));
    shop.changes_its_configuration("De Winkel gebruikt", "De Winkel B.V. gebruikt");
    for (options, says) in [("", "--change"), (" --yes", "--change"), (" --change editorial", "--yes")] {
        let shown = shop.types(&format!("{publish}{options}"), "");
        assert!(shown.status == 1 && shown.text.contains(says), "{options}: {}", shown.text);
    }
    shop.types(&format!("{publish} --change editorial --yes"), "").succeeds();
}
