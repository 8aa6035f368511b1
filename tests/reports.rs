//! The forms of an audit's report: they say the same.

mod support;

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use support::desk::Desk;
use support::tampering::tampered;
use support::tools;

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
fn names_in_a_ledger_are_no_links_in_sarif() {
    let desk = Desk::full();
    tampered(&desk, |ledger| {
        let sql = "CREATE TABLE \"[all passed](https://evil.example/){0}\" (a)";
        ledger.execute(sql, []).unwrap();
    });
    let sarif: Value = serde_json::from_str(&report(&desk, &["--report", "sarif"])).unwrap();
    let message = sarif["runs"][0]["results"][0]["message"]["text"].as_str();
    let message = message.unwrap();
    assert!(
        message.contains("\\[all passed](https://evil.example/){{0}}"),
        "{message}"
    );
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

/// The schema by OASIS, which is in the crate `serde-sarif`. Nobody compiles that crate: Cargo is asked where it lies.
fn sarif_schema() -> Option<Value> {
    let mut cargo = Command::new(env!("CARGO"));
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let metadata = ["metadata", "--format-version", "1", "--locked"];
    cargo.args(metadata).arg("--manifest-path").arg(manifest);
    let output = tools::run(&mut cargo, b"");
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        tools::skip("the check against the schema of SARIF", &why);
        return None;
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|one| one["name"] == "serde-sarif");
    let manifest = package.unwrap()["manifest_path"].as_str().unwrap();
    let schema = Path::new(manifest)
        .with_file_name("src")
        .join("schema.json");
    let schema = std::fs::read_to_string(schema).unwrap();
    // A pattern has a bracket that closes nothing, which only lenient readers of patterns take.
    assert!(schema.contains("{2}]?$"));
    Some(serde_json::from_str(&schema.replace("{2}]?$", "{2}$")).unwrap())
}

#[test]
fn sarif_fits_the_schema_by_oasis() {
    let Some(schema) = sarif_schema() else {
        return;
    };
    assert!(
        schema["$id"]
            .as_str()
            .unwrap()
            .ends_with("sarif-schema-2.1.0.json")
    );
    let options = jsonschema::options().should_validate_formats(true);
    let validator = options.build(&schema).unwrap();
    let desk = tampered_desk();
    let tampered = report(&desk, &["--report", "sarif"]);
    let whole = desk
        .run(&["verify", "desk.ledger", "--report", "sarif"])
        .stdout;
    for sarif in [tampered.into_bytes(), whole] {
        let sarif: Value = serde_json::from_slice(&sarif).unwrap();
        let said: Vec<String> = (validator.iter_errors(&sarif))
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(said, Vec::<String>::new(), "{sarif:#}");
        for (pointer, wrong) in [
            ("/version", json!("2.2")),
            ("/runs/0/tool/driver", json!({})),
            ("/runs/0/findings", json!([])),
        ] {
            let mut changed = sarif.clone();
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            changed.pointer_mut(parent).unwrap()[name] = wrong;
            assert!(!validator.is_valid(&changed), "{pointer}");
        }
    }
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
