use super::*;

const TABLE: &str = "\
# House

| crate | what it is for | stands on |
|---|---|---|
| `app/model` | words of `serde` | |
| `server/vault` | keys | `model` |
| `server/ledger` | records | `vault` |

After.
";

fn member(folder: &str, needs: &[&str], may_need: &[&str]) -> Crate {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let name = folder.rsplit('/').next().expect("a name").to_owned();
    Crate { name, folder: folder.to_owned(), needs: set(needs), may_need: set(may_need) }
}

fn house() -> [Crate; 4] {
    [
        member("app/model", &[], &[]),
        member("server/vault", &["model"], &[]),
        member("server/ledger", &["model", "vault"], &["model"]),
        member("xtask", &[], &[]),
    ]
}

fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), text: text.to_owned() }
}

#[test]
fn a_manifest_that_looks_upward_or_is_in_no_row_is_told() {
    assert_eq!(order_faults(TABLE, &house()), Vec::<String>::new());
    let with = |at: usize, other: Crate| {
        let mut house = house();
        house[at] = other;
        order_faults(TABLE, &house).join("\n")
    };
    for (at, other, told) in [
        (0, member("app/model", &["vault"], &[]), "app/model/Cargo.toml: vault is not below app/model"),
        (1, member("server/vault", &["model"], &["ledger"]), "server/vault/Cargo.toml: ledger is above server/vault"),
        (1, member("server/vault", &[], &[]), "server/vault does not stand on model"),
        (2, member("server/book", &["vault"], &[]), "the table has no row for server/book"),
    ] {
        let found = with(at, other);
        assert!(found.contains(told), "{told}: {found}");
    }
}

#[test]
fn a_type_of_another_crate_that_is_handed_on_is_told() {
    let files = [
        file("server/ledger/src/lib.rs", "pub use answers::Answer;\nuse vault::Key;\n    pub use vault::Key;\n"),
        file("server/ledger/src/a.rs", "pub use ::model;\npub use model_of::Thing;\n"),
    ];
    let found = handed_on(&house(), &files);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("server/ledger/src/lib.rs:3: hands on a type of vault."), "{found:?}");
    assert!(found[1].starts_with("server/ledger/src/a.rs:1: hands on a type of model."), "{found:?}");
}

#[test]
fn a_folder_that_is_left_out_and_a_dependency_for_nobody_are_told() {
    let workspace =
        "[workspace.dependencies]\n# One.\nserde = \"1\"\ntime = { version = \"0.3\" }\n\n[profile.dev]\nx = 1\n";
    let files = [
        file("Cargo.toml", workspace),
        file("app/model/Cargo.toml", "serde.workspace = true\n"),
        file("app/aside/Cargo.toml", "[package]\n"),
    ];
    assert_eq!(left_out(&house(), &files).len(), 1);
    let found = for_nobody(&files);
    assert!(found.len() == 1 && found[0].starts_with("Cargo.toml:4: no member asks for time."), "{found:?}");
}

#[test]
fn the_picture_shows_who_stands_on_whom_and_nothing_that_follows() {
    let drawn = picture::draw(&house());
    assert_eq!(drawn.matches("<rect class=\"crate\"").count(), 3, "{drawn}");
    assert_eq!(drawn.matches("\n<path").count(), 2, "ledger stands on model through vault: {drawn}");
    assert!(drawn.contains("prefers-color-scheme: dark"), "{drawn}");
    assert_ne!(drawn, picture::draw(&house()[..2]), "another house is another picture");
}
