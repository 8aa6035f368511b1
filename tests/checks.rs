//! `docs/checks.md` has one section for each code that a finding can have.

use ledger::rules::Rule;
use ledger::verify::Check;

#[test]
fn every_code_has_one_section_in_the_order_of_the_enums() {
    let text = include_str!("../docs/checks.md");
    let sections: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .collect();
    let rules = Rule::ALL.iter().map(|rule| rule.as_str());
    let checks = Check::ALL.iter().map(|check| check.as_str());
    let expected: Vec<String> = rules
        .chain(checks)
        .map(|code| format!("`{code}`"))
        .collect();
    assert_eq!(sections, expected);
}

#[test]
fn every_section_says_what_it_means_how_it_comes_about_and_what_to_do() {
    let text = include_str!("../docs/checks.md");
    for section in text.split("\n## ").skip(1) {
        for part in ["**Means.** ", "**Comes about.** ", "**Do.** "] {
            assert_eq!(section.matches(part).count(), 1, "{part}in {section}");
        }
    }
}
