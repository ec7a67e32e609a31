//! `[[channels]]`: what each way of advertising needs, and since when.

use std::cell::RefCell;
use std::collections::BTreeSet;

use model::channel::{Channel, ChannelNeed, ChannelRule};
use time::Date;
use time::macros::date;

use super::fault::TextPlace;
use super::reader::{At, Section};

const NEEDS: [(&str, ChannelNeed); 4] = [
    ("opt_in", ChannelNeed::OptIn),
    ("soft_opt_in", ChannelNeed::SoftOptIn),
    ("opt_out", ChannelNeed::OptOut),
    ("self_sign_up", ChannelNeed::SelfSignUp),
];

/// From that day customers, too, can be called only with their prior consent (Tw art. 11.7).
const CALLS_NEED_OPT_IN: Date = date!(2026 - 07 - 01);

/// A rule, and where its date stands.
pub(super) struct Placed {
    pub(super) rule: ChannelRule,
    pub(super) place: TextPlace,
}

pub(super) fn read_all(root: &Section<'_>) -> Vec<Placed> {
    let named = RefCell::new(BTreeSet::new());
    let rules: Vec<(ChannelRule, usize)> = root.tables("channels", |s| read_rule(s, &mut named.borrow_mut()));
    let named = named.into_inner();
    for channel in Channel::ALL {
        let mut own: Vec<&(ChannelRule, usize)> = rules.iter().filter(|(rule, _)| rule.channel == channel).collect();
        if !named.contains(&channel) {
            let mend = "add a rule in [[channels]]; one that is not used has need = \"opt_in\"";
            root.note(root.at(), format!("the channel `{}` has no rule", channel.word()), mend);
        }
        own.sort_by_key(|(rule, at)| (rule.from, *at));
        refuse_same_day(root, &own);
        if channel == Channel::Phone {
            refuse_calls_without_opt_in(root, &own);
        }
    }
    let place = |at| root.faults().place(at);
    rules.into_iter().map(|(rule, at)| Placed { rule, place: place(at) }).collect()
}

/// A rule and where its date stands; `named` gets its channel even when the rest has faults.
fn read_rule(s: &Section<'_>, named: &mut BTreeSet<Channel>) -> Option<(ChannelRule, usize)> {
    let channel = s.one_of("channel", &Channel::ALL.map(|channel| (channel.word(), channel)));
    named.extend(channel.as_ref().map(|channel| channel.value));
    let need = s.one_of("need", &NEEDS);
    let from = s.date_at("from");
    let article = s.text("article");
    // Asked of people, so frozen with the rule.
    let products = if s.has("products") { Some(s.localized("products")?) } else { None };
    let months = if s.has("months") { Some(s.number("months", 1..=60)?) } else { None };
    if let (Some(channel), Some(need)) = (&channel, &need) {
        refuse_unlawful(s, channel.value, need);
        refuse_calls_about_anything(s, channel.value, need, products.is_some() && months.is_some());
    }
    let from = from?;
    let (channel, need) = (channel?.value, need?.value);
    Some((ChannelRule { channel, need, from: from.value, article: article?, products, months }, from.at))
}

/// What no rule can say: electronic messages need an opt-in or a customer's soft opt-in (Tw art. 11.7 lid 1 and 3),
/// and social media are by the person's own sign-up alone (S-11).
fn refuse_unlawful(s: &Section<'_>, channel: Channel, need: &At<ChannelNeed>) {
    let lawful: &[ChannelNeed] = match channel {
        Channel::Newsletter | Channel::Email => &[ChannelNeed::OptIn, ChannelNeed::SoftOptIn],
        Channel::Post | Channel::Phone => &[ChannelNeed::OptIn, ChannelNeed::OptOut],
        Channel::Social => &[ChannelNeed::SelfSignUp],
    };
    if !lawful.contains(&need.value) {
        let words: Vec<&str> = NEEDS.iter().filter(|(_, n)| lawful.contains(n)).map(|(word, _)| *word).collect();
        let what = format!("this `need` is not enough or does not exist for the channel `{}`", channel.word());
        s.note(need.at, what, format!("one of: {}", words.join(", ")));
    }
}

/// An opt-in to calls names products and a period (R-2.4-11).
fn refuse_calls_about_anything(s: &Section<'_>, channel: Channel, need: &At<ChannelNeed>, specific: bool) {
    if channel == Channel::Phone && need.value == ChannelNeed::OptIn && !specific {
        let what = "an opt-in to calls says neither about which products nor for how long";
        s.note(need.at, what, "add `products = { nl = \"…\", en = \"…\" }` and `months = 12`");
    }
}

fn refuse_same_day(s: &Section<'_>, sorted: &[&(ChannelRule, usize)]) {
    for pair in sorted.windows(2).filter(|pair| pair[0].0.from == pair[1].0.from) {
        let (rule, at) = pair[1];
        let what = format!("two rules of `{}` start on {}", rule.channel.word(), rule.from);
        s.note(*at, what, "keep one of them, or give it another date");
    }
}

fn refuse_calls_without_opt_in(s: &Section<'_>, sorted: &[&(ChannelRule, usize)]) {
    for (i, (rule, at)) in sorted.iter().enumerate() {
        let ends_before = sorted.get(i + 1).is_some_and(|(next, _)| next.from <= CALLS_NEED_OPT_IN);
        if rule.need == ChannelNeed::OptOut && !ends_before {
            let what = "this rule would allow calls to customers without an opt-in on or after 2026-07-01";
            s.note(*at, what, "add a rule for `phone` with need = \"opt_in\" and from = 2026-07-01");
        }
    }
}
