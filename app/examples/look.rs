use app::doors::{desk::*, frame::*, preferences::*, problem::*, receipt::*, register::*};
use app::model::{
    channel::*, choice::*, controller::*, date::*, decision::*, event::*, identity::*, language::*, notice::*,
    policy::*, purpose::*,
};
use leptos::prelude::*;
use time::macros::{date, datetime};
fn l(nl: &str, en: &str) -> Localized {
    Localized { nl: nl.into(), en: en.into() }
}
fn save<V: IntoView + 'static>(name: &str, f: impl FnOnce() -> V) {
    let html = Owner::new()
        .with(|| f().into_view().to_html())
        .replace("<!>", "")
        .replace("/keuze/page.css", "page.css")
        .replace("/keuze/banner.css", "banner.css");
    std::fs::write(format!("/tmp/look/{name}.html"), format!("<!DOCTYPE html>\n{html}")).unwrap();
}
fn main() {
    std::fs::create_dir_all("/tmp/look").unwrap();
    let controller = Controller {
        name: "Voipro".into(),
        legal_name: "Voipro Communications Company B.V.".into(),
        address: vec!["Modemstraat 1".into(), "1033 RW Amsterdam".into()],
        email: "privacy@voipro.nl".into(),
        phone: "+31 (0)20 788 4000".into(),
        statement_url: "https://www.voipro.nl/privacy".into(),
    };
    let frame = |language, path: &str| Frame {
        language,
        path: path.into(),
        reopens: true,
        site: "voipro.nl".into(),
        controller: controller.clone(),
        authorities: vec![
            Authority {
                name: "Autoriteit Persoonsgegevens".into(),
                about: l("cookies en uw gegevens", "cookies and your data"),
                url: "https://www.autoriteitpersoonsgegevens.nl".into(),
            },
            Authority {
                name: "Autoriteit Consument & Markt".into(),
                about: l("spam en telefonische verkoop", "spam and telemarketing"),
                url: "https://www.acm.nl".into(),
            },
        ],
    };
    let p = |id: &str, r, n: Localized, d: Localized| Purpose {
        id: id.parse().unwrap(),
        regime: r,
        revision: 1,
        name: n,
        description: d,
        legal_basis: "6(1)(a)".into(),
        attestation: None,
    };
    let purposes = vec![
        p(
            "necessary",
            Regime::Necessary,
            l("Noodzakelijk", "Necessary"),
            l("Zorgt dat de website werkt en uw keuze onthoudt.", "Makes the website work and remembers your choice."),
        ),
        p(
            "statistics",
            Regime::LowImpact,
            l("Statistieken", "Statistics"),
            l(
                "Wij tellen bezoeken op onze eigen server, zonder u te volgen.",
                "We count visits on our own server, without tracking you.",
            ),
        ),
        p(
            "marketing",
            Regime::Consent,
            l("Marketing", "Marketing"),
            l(
                "Meet of onze advertenties bij andere bedrijven werken.",
                "Measures whether our advertisements at other companies work.",
            ),
        ),
        p(
            "profiling",
            Regime::Consent,
            l("Persoonlijke aanbiedingen", "Personal offers"),
            l(
                "Maakt een profiel van uw bezoek, zodat aanbiedingen beter passen.",
                "Builds a profile of your visit, so that offers fit better.",
            ),
        ),
        p(
            "third_party_embeds",
            Regime::Consent,
            l("Video's van anderen", "Videos of others"),
            l("Toont video's van YouTube in onze pagina's.", "Shows YouTube videos in our pages."),
        ),
    ];
    let cookies = vec![
        Cookie {
            name: "__Host-keuze".into(),
            purpose: "necessary".parse().unwrap(),
            description: l("Onthoudt wat u koos.", "Remembers what you chose."),
            days: 186,
            vendors: vec![],
            first_party: true,
            http_only: false,
        },
        Cookie {
            name: "_pk_ses.*".into(),
            purpose: "statistics".parse().unwrap(),
            description: l("Telt een bezoek.", "Counts a visit."),
            days: 1,
            vendors: vec![],
            first_party: true,
            http_only: false,
        },
        Cookie {
            name: "_gcl_au".into(),
            purpose: "marketing".parse().unwrap(),
            description: l(
                "Meet of u na een advertentie iets bestelt.",
                "Measures whether you order after an advertisement.",
            ),
            days: 90,
            vendors: vec!["google".into()],
            first_party: true,
            http_only: false,
        },
    ];
    let vendors = vec![Vendor {
        id: "google".into(),
        name: "Google Ireland Limited".into(),
        role: l("Meet advertenties", "Measures advertisements"),
        statement_url: "https://policies.google.com/privacy".into(),
        country: "IE".into(),
        transfer_basis: Some("EU-US Data Privacy Framework".into()),
    }];
    let strings = |language: Language| {
        NoticeStrings{language,heading:"Cookies op voipro.nl".into(),body:vec!["Voipro vraagt of het cookies mag plaatsen voor marketing, persoonlijke aanbiedingen en video's van anderen. U kunt uw keuze altijd veranderen onder Cookie-instellingen.".into()],refuse:"Weigeren".into(),accept:"Accepteren".into(),settings:"Zelf instellen".into(),save:"Deze keuze bewaren".into(),panel_heading:"Uw cookiekeuze".into(),close:"Sluiten".into(),necessary:"Altijd aan, want anders werkt de website niet.".into(),object:"Ik maak bezwaar".into(),on:"aan".into(),off:"uit".into(),details:"Cookies en partijen".into(),save_is_refusal:"Bewaart u met alles uit, dan weigert u.".into(),
       purposes:purposes.iter().map(|p|NoticePurpose{id:p.id.clone(),regime:p.regime,revision:1,name:p.name.get(language).into(),description:p.description.get(language).into(),cookies:cookies.iter().filter(|c|c.purpose==p.id).map(|c|format!("{}: {} Blijft {} dagen.",c.name,c.description.get(language),c.days)).collect()}).collect()}
    };
    let h = ContentHash([7; 32]);
    let policy = Policy {
        revision: 1,
        notice_revision: 1,
        site: "voipro.nl".into(),
        controller: controller.clone(),
        purposes: purposes.clone(),
        cookies: cookies.clone(),
        vendors: vendors.clone(),
        channels: vec![],
        validity_months: 6,
        continued_use: ContinuedUse::default(),
        gpc: Gpc::default(),
        notices: Default::default(),
        statements: vec![],
    };
    let _ = (Channel::ALL, moment_dummy());
    let prefs = |language, first: bool| PreferencesView {
        frame: frame(language, "/keuze/voorkeuren"),
        policy: "07070707070707070707".into(),
        strings: strings(language),
        gpc: false,
        purposes: strings(language)
            .purposes
            .into_iter()
            .enumerate()
            .map(|(i, shown)| PurposeState {
                vendors: if i == 2 { vendors.clone() } else { vec![] },
                standing: match (i, first) {
                    (0, _) => Standing::Necessary,
                    (_, true) => Standing::Open,
                    (1, _) => Standing::Answered { answer: Answer::NotObjected, until: date!(2027 - 05 - 24) },
                    (4, _) => Standing::Answered { answer: Answer::Granted, until: date!(2027 - 05 - 24) },
                    _ => Standing::Answered { answer: Answer::Refused, until: date!(2027 - 05 - 24) },
                },
                shown,
            })
            .collect(),
        history: if first {
            vec![]
        } else {
            vec![PastAnswer {
                at: datetime!(2026-11-24 14:05),
                kind: EventKind::ChoiceMade,
                answers: vec![
                    ("statistics".parse().unwrap(), "Statistieken".into(), Answer::NotObjected),
                    ("marketing".parse().unwrap(), "Marketing".into(), Answer::Refused),
                    ("third_party_embeds".parse().unwrap(), "Video's van anderen".into(), Answer::Granted),
                ],
                receipt: "00200-0A7K2-9QXMB".into(),
            }]
        },
    };
    save("prefs-first", move || {
        let page = prefs(Language::Nl, true);
        view! {<app::pages::preferences::Preferences page=page/>}
    });
    let prefs = |language, first| prefs(language, first);
    let a = prefs(Language::Nl, false);
    save("prefs", move || view! {<app::pages::preferences::Preferences page=a/>});
    let a = prefs(Language::En, false);
    save("prefs-en", move || view! {<app::pages::preferences::Preferences page=a/>});
    let r = RegisterView { frame: frame(Language::Nl, "/keuze/cookies"), policy, hash: h.to_string() };
    save("register", move || view! {<app::pages::register::Register page=r/>});
    let answer=RecordedAnswer{address:"0001/42".into(),kind:EventKind::ChoiceMade,at:datetime!(2026-11-24 14:05:09),route:Route::Banner,control:Some(Control::RefuseAll),gpc:false,lines:vec![AnswerLine{name:"Statistieken".into(),answer:Answer::Objected,until:Some(date!(2027-05-24))},AnswerLine{name:"Marketing".into(),answer:Answer::Refused,until:Some(date!(2027-05-24))},AnswerLine{name:"Persoonlijke aanbiedingen".into(),answer:Answer::NotOffered,until:None}],notice:Some(ShownNotice{language:Language::Nl,strings:strings(Language::Nl),html:"<section><h2>Cookies op voipro.nl</h2><p>Voipro vraagt…</p><button>Weigeren</button><button>Accepteren</button></section>".into(),strings_hash:h.to_string(),html_hash:h.to_string()}),policy:Some(h.to_string())};
    let proof=ProofView{record:"{\"actor\":{\"kind\":\"visitor\"},\"answers\":{\"marketing\":{\"answer\":\"refused\",\"revision\":1,\"until\":\"2027-05-24\"}},\"at\":\"2026-11-24T13:05:09Z\",\"kind\":\"choice_made\",\"v\":1}".into(),salt:h.to_string(),text:"c2sp.org/tlog-proof@v1\nextra AAAA\nindex 42\nabcdefgh=\n\nlocalhost/keuze/log/0001\n43\nroot=\n\n— localhost/keuze/log/0001 sig".into(),checkpoint_url:"/keuze/log/0001/checkpoint".into()};
    let v = ReceiptView {
        frame: frame(Language::Nl, "/keuze/bewijs/x"),
        number: "00200-0A7K2-9QXMB".into(),
        cookie_kept: false,
        answer: answer.clone(),
        proof: Some(proof.clone()),
    };
    save("receipt", move || view! {<app::pages::receipt::Receipt page=v/>});
    let v = SignInView { frame: frame(Language::Nl, "/keuze/desk"), refusal: Some(SignInRefusal::Wrong) };
    save("signin", move || view! {<app::pages::desk::SignIn page=v/>});
    let v = NewPasswordView { frame: frame(Language::Nl, "/keuze/desk"), staff: "anna".into(), refusal: None };
    save("newpw", move || view! {<app::pages::desk::NewPassword page=v/>});
    let d = |a: bool, reason| Decision {
        allow: a,
        reason,
        basis: "Tw 11.7a lid 1".into(),
        evidence: vec![],
        until: Some(date!(2027 - 05 - 24)),
    };
    let found = Found {
        number: "00200-0A7K2-9QXMB".into(),
        record: answer,
        consent_id: None,
        actor: Actor::Visitor,
        surface: Some("banner, build 1a2b3c4d, strip".into()),
        history: vec![HistoryLine {
            at: datetime!(2026-11-24 14:05:09),
            kind: EventKind::ChoiceMade,
            route: Route::Banner,
            actor: Actor::Visitor,
            address: "0001/42".into(),
            number: "00200-0A7K2-9QXMB".into(),
            this: true,
        }],
        decisions: vec![
            ("Noodzakelijk".into(), d(true, Reason::Necessary)),
            ("Statistieken".into(), d(false, Reason::Objected)),
            ("Marketing".into(), d(false, Reason::Refused)),
        ],
        checked: Checked::Right { size: 43, root: "qUvXyzAbCdEf0123456789qUvXyzAbCdEf0123456789=".into() },
        proof: Some(proof),
        audit: "0001/43".into(),
    };
    let mut f = frame(Language::Nl, "/keuze/desk");
    f.reopens = false;
    let v = LookUpView {
        frame: f,
        staff: "anna".into(),
        query: "00200-0A7K2-9QXMB".into(),
        reason: "Klant belt over zijn keuze".into(),
        outcome: Some(Outcome::Found(Box::new(found))),
    };
    save("desk", move || view! {<app::pages::desk::LookUp page=v/>});
    let v =
        ProblemView { frame: frame(Language::Nl, "/x"), slug: app::text::problem::Slug::ReceiptGone, happened: true };
    save("problem", move || view! {<app::pages::problem::Problem page=v/>});
    let _ = add_months(date!(2026 - 01 - 31), 1);
}
fn moment_dummy() {}
