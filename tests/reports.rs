//! The forms of an audit's report: they say the same.
//!
//! No package registry has the schema of SARIF 2.1.0, so what it requires is asked for here by hand (§3.13 to §3.58).

mod support;

use serde_json::{Value, json};
use support::desk::Desk;
use support::tampering::tampered;

/// A desk with a copy of its ledger in which two entries are not what they were.
fn tampered_desk() -> Desk {
    let desk = Desk::full();
    tampered(&desk, |ledger| {
        for index in [1, 4] {
            let sql = "UPDATE entry SET bytes = CAST(bytes || x'20' AS BLOB) WHERE idx = ?1";
            assert_eq!(ledger.execute(sql, [index]).unwrap(), 1);
        }
    });
    desk
}

fn report(desk: &Desk, arguments: &[&str]) -> String {
    let output = desk.run(&[&["verify", "copy.ledger"], arguments].concat());
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn sarif_names_every_finding_with_its_rule_and_its_place() {
    let desk = tampered_desk();
    let whole: Value = serde_json::from_str(&report(&desk, &["--json"])).unwrap();
    let sarif: Value = serde_json::from_str(&report(&desk, &["--report", "sarif"])).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "ledger");
    assert_eq!(
        whole["program"],
        format!("ledger {}", driver["version"].as_str().unwrap())
    );
    let rules = driver["rules"].as_array().unwrap();
    let findings = whole["findings"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert!(findings.len() > 3, "{findings:?}");
    assert_eq!(results.len(), findings.len());
    for (result, finding) in std::iter::zip(results, findings) {
        assert_eq!(result["level"], "error");
        assert_eq!(result["ruleId"], finding["code"]);
        let rule = &rules[result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], finding["code"]);
        assert!(rule["shortDescription"]["text"].is_string());
        assert_eq!(result["message"]["text"], finding["message"]);
        let location = &result["locations"][0];
        let file = &location["physicalLocation"]["artifactLocation"]["uri"];
        assert_eq!(file, "copy.ledger");
        let entry = location["logicalLocations"][0]["name"].as_str();
        let expected = finding["index"]
            .as_u64()
            .map(|index| format!("entry {index}"));
        assert_eq!(entry, expected.as_deref());
    }
    let invocation = &run["invocations"][0];
    assert!(invocation["executionSuccessful"].is_boolean());
    let told = invocation["toolExecutionNotifications"].as_array().unwrap();
    let noticed = ["notices", "notChecked"].map(|list| whole[list].as_array().unwrap().len());
    assert_eq!(told.len(), noticed.iter().sum::<usize>());
}

#[test]
fn json_lines_are_the_report_in_parts() {
    let desk = tampered_desk();
    let whole: Value = serde_json::from_str(&report(&desk, &["--json"])).unwrap();
    let lines = report(&desk, &["--report", "json-lines"]);
    let mut again = json!({ "findings": [], "notChecked": [], "notices": [], "witnessed": [] });
    let mut ended = false;
    for line in lines.lines() {
        assert!(!ended, "the report comes last");
        let mut value: Value = serde_json::from_str(line).unwrap();
        let r#type = value.as_object_mut().unwrap().remove("type").unwrap();
        let list = match r#type.as_str().unwrap() {
            "finding" => "findings",
            "not-checked" => "notChecked",
            "notice" => "notices",
            "witnessed" => "witnessed",
            "report" => {
                ended = true;
                again
                    .as_object_mut()
                    .unwrap()
                    .extend(value.as_object().unwrap().clone());
                continue;
            }
            other => panic!("{other}"),
        };
        again[list].as_array_mut().unwrap().push(value);
    }
    assert_eq!(again, whole);
}
