//! Which changes of a policy need a new question.

use model::change::{Facet, needs_new_question, question_changes};
use model::policy::Policy;
use model::purpose::Regime;

use crate::examples::{cookie, id, policy, purpose, text};

/// What is noticed of a change to the example policy.
fn noticed(change: impl FnOnce(&mut Policy)) -> Vec<(String, Vec<Facet>)> {
    let mut new = policy();
    change(&mut new);
    let changes = question_changes(&policy(), &new).into_iter();
    changes.map(|change| (change.purpose.to_string(), change.facets.into_iter().collect())).collect()
}

fn of_marketing(facets: impl IntoIterator<Item = Facet>) -> Vec<(String, Vec<Facet>)> {
    vec![("marketing".to_owned(), facets.into_iter().collect())]
}

#[test]
fn what_people_were_told_needs_a_new_question() {
    assert_eq!(noticed(|new| new.purposes[3].regime = Regime::LowImpact), of_marketing([Facet::Regime]));
    assert_eq!(noticed(|new| new.purposes[3].legal_basis = "6(1)(f)".to_owned()), of_marketing([Facet::LegalBasis]));
    assert_eq!(noticed(|new| new.cookies[1].days = 91), of_marketing([Facet::Duration("ads_*".to_owned())]));
    assert_eq!(
        noticed(|new| new.cookies[1].vendors.push("second".to_owned())),
        of_marketing([Facet::Party("second".to_owned())])
    );
    assert_eq!(
        noticed(|new| new.cookies.push(cookie("pixel", "marketing", 1, &["second"]))),
        of_marketing([Facet::Cookie("pixel".to_owned()), Facet::Party("second".to_owned())])
    );
    assert_eq!(
        noticed(|new| new.cookies[0].purpose = id("marketing")),
        of_marketing([Facet::Cookie("session".to_owned())])
    );
    for change in [
        |new: &mut Policy| new.vendors[0].country = "US".to_owned(),
        |new: &mut Policy| {
            new.vendors[0].name = "Bought B.V.".to_owned();
        },
    ] {
        assert_eq!(noticed(change), of_marketing([Facet::Party("adco".to_owned())]));
    }
}

#[test]
fn what_stays_within_the_answer_does_not() {
    assert_eq!(noticed(|_| ()), []);
    assert_eq!(noticed(|new| new.cookies[1].days = 0), []);
    assert_eq!(noticed(|new| new.cookies[1].vendors.clear()), []);
    assert_eq!(noticed(|new| new.cookies.clear()), []);
    assert_eq!(noticed(|new| new.purposes[3].description = text("other words")), []);
    assert_eq!(noticed(|new| new.purposes.push(purpose("more", Regime::Consent, 1))), []);
    assert_eq!(noticed(|new| new.purposes.truncate(2)), []);
    assert_eq!(noticed(|new| new.cookies[0].days = 400), [], "nobody is asked about the necessary");
    assert_eq!(noticed(|new| new.purposes.reverse()), []);
}

#[test]
fn a_new_question_settles_it_and_an_old_one_does_not() {
    let mut new = policy();
    new.cookies[1].days = 91;
    assert_eq!(needs_new_question(&policy(), &new), [id("marketing")]);
    new.purposes[3].revision += 1;
    assert_eq!(needs_new_question(&policy(), &new), []);
    let mut back = policy();
    back.purposes[3].revision -= 1;
    assert_eq!(needs_new_question(&policy(), &back), [id("marketing")]);
}
